import ArgumentParser
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan

/// Says what a component does, takes and gives.
struct DescribeCommand: Subcommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
  }

  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Say what a component does, with its ports and parameters.")

  @Argument(
    help: "Its name; see 'moira components'.", completion: .list(standardCatalog.names))
  var component: String
  @Option(help: "text, json or markdown.") var format: Format = .text
  var isJSON: Bool { format == .json }

  func perform() throws -> ExitStatus {
    let schemas = standardCatalog.schemas
    guard let schema = schemas[component] else {
      let near = nearestName(to: component, among: schemas.names)
      throw Failure(
        "component-unknown", "'\(component)' is not a component",
        hint: near.map { "did you mean '\($0)'?" } ?? "'moira components' lists them")
    }
    switch format {
    case .text:
      let text = ComponentText(schema, fitting: Console.fittingWidth)
      for line in text.lines(.output) { Console.print(line) }
    case .json: Console.print(schema.json.json(indent: 2))
    case .markdown: Console.draw(schema.markdown)
    }
    return .done
  }
}
