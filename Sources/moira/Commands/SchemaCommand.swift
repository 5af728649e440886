import ArgumentParser
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraPlan

/// Prints the JSON Schema of pipeline files, for editors.
struct SchemaCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of pipeline files, so that an editor completes them.",
    discussion: """
      moira schema > pipeline-1.json
      and in the first line of a pipeline: # yaml-language-server: $schema=pipeline-1.json
      """)

  var isJSON: Bool { true }

  func perform() throws -> ExitStatus {
    Console.print(standardCatalog.schemas.pipelineJSONSchema.json(indent: 2))
    return .done
  }
}
