import MoiraRelay
import Testing
