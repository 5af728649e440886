import ArgumentParser
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan

/// Lists the components of this build.
struct ComponentsCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "components", abstract: "List the components that a pipeline may use.")

  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() throws -> ExitStatus {
    let schemas = standardCatalog.schemas.all
    if isJSON {
      let list = schemas.map { schema in
        ConfigValue.map([
          ("name", .string(schema.name)), ("version", .int(schema.version)),
          ("summary", .string(schema.summary)),
          ("roles", .list(schema.roles.map { .string($0.rawValue) })),
        ])
      }
      Console.print(ConfigValue.list(list).json(indent: 2))
      return .done
    }
    var table = TextTable(["component", "runs at", "does"])
    for schema in schemas {
      table.add([
        schema.name, schema.roles.map(\.rawValue).joined(separator: ", "), schema.summary,
      ])
    }
    for line in table.lines(.output, fitting: Console.fittingWidth) { Console.print(line) }
    Console.print("\n'moira describe NAME' says what one takes and gives")
    return .done
  }
}
