import ArgumentParser
import Foundation
import MoiraModel
import MoiraWire

extension ServiceLogFormat: ExpressibleByArgument {}

/// What every service takes.
struct ServiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Serve health, readiness and Prometheus metrics in plain HTTP there.",
      valueName: "host:port"))
  var metrics: String?
  @Option(help: "How the log is written: text or json.")
  var logFormat: ServiceLogFormat = .text
}
