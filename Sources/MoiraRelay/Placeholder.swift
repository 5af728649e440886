internal import MoiraModel
