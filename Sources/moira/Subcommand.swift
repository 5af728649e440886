import ArgumentParser
import MoiraModel

/// How everything that prints is steered.
struct OutputOptions: ParsableArguments {
  @Option(name: .customLong("format"), help: "text, for people, or json, for programs.")
  var format: OutputFormat = .text

  @Flag(name: .shortAndLong, help: "Say more: causes, attempts, times.")
  var verbose = false
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// A command that ends with one of the exit codes, and says what went wrong in the house's form.
protocol Subcommand: AsyncParsableCommand {
  var isJSON: Bool { get }
  var isVerbose: Bool { get }
  mutating func perform() async throws -> ExitStatus
}

extension Subcommand {
  var isVerbose: Bool { false }

  mutating func run() async throws {
    var status: ExitStatus
    do {
      status = try await perform()
    } catch let wrong as WrongText {
      DiagnosticReport(wrong.diagnostics, sources: wrong.sources).show(asJSON: isJSON)
      status = .wrongPipeline
    } catch let failure as Failure {
      FailureReport(failure, isVerbose: isVerbose).show(asJSON: isJSON)
      status = ExitStatus(of: failure)
    } catch let error where Self.isParserError(error) {
      throw error
    } catch {
      let bug = Failure(
        "internal-error", "Moira met an error that it should have named",
        hint: "please report it, with what follows", cause: "\(error)")
      FailureReport(bug, isVerbose: true).show(asJSON: isJSON)
      status = .bug
    }
    if status != .done { throw ExitCode(status.rawValue) }
  }

  private static func isParserError(_ error: any Error) -> Bool {
    error is ValidationError || error is ExitCode || error is CleanExit
  }
}
