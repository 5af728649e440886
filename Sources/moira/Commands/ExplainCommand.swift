import ArgumentParser
import MoiraConfig
import MoiraModel

/// Prints the page of an error's code.
struct ExplainCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what the code of an error means, and what to do.")

  @Argument(
    help: "The code, as it stands in brackets after a message.",
    completion: .list(errorPages.map(\.name)))
  var code: String
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() throws -> ExitStatus {
    let wanted = code.trimmingPrefix("[").prefix { $0 != "]" }
    guard let page = errorPages.first(where: { $0.name == wanted }) else {
      let near = nearestName(to: String(wanted), among: errorPages.map(\.name))
      throw Failure(
        "code-unknown", "'\(wanted)' is not the code of an error",
        hint: near.map { "did you mean '\($0)'?" }
          ?? "a code stands in brackets after the message: [param-out-of-range]")
    }
    if isJSON {
      let json = ConfigValue.map([("code", .string(page.name)), ("page", .string(page.text))])
      Console.print(json.json(indent: 2))
    } else {
      Console.draw(page.text)
    }
    return .done
  }
}
