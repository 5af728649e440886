import ArgumentParser
import Foundation

/// Writes the files of the repository that follow from its sources.
struct GenerateCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write the pages, the schema and the sources that follow from others.",
    shouldDisplay: false)

  @Option(help: "The root of the repository.") var output = "."
  @Flag(help: "Write nothing; name the files that are stale, and exit with 1.") var check = false
  var isJSON: Bool { false }

  func perform() throws -> ExitStatus {
    let files = try GeneratedFiles(root: output)
    let stale = files.stale
    if check {
      for file in stale { Console.printError("stale: \(file)") }
      if !stale.isEmpty { Console.printError("'make generate' writes them") }
      return stale.isEmpty ? .done : .jobFailed
    }
    for file in stale {
      try files.write(file)
      Console.print("wrote \(file)")
    }
    if stale.isEmpty { Console.print("nothing to write") }
    return .done
  }
}
