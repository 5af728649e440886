import ArgumentParser
import MoiraConfig

/// Lists the pipelines that `moira init` writes.
struct TemplatesCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "templates", abstract: "List the pipelines that 'moira init' writes.")

  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() throws -> ExitStatus {
    if isJSON {
      let list = pipelineTemplates.map { template in
        ConfigValue.map([
          ("name", .string(template.name)), ("summary", .string(Self.summary(of: template.text))),
        ])
      }
      Console.print(ConfigValue.list(list).json(indent: 2))
      return .done
    }
    var table = TextTable([])
    for template in pipelineTemplates {
      table.add([template.name, Self.summary(of: template.text)])
    }
    for line in table.lines(.output, fitting: Console.fittingWidth) { Console.print(line) }
    return .done
  }

  /// The first sentence of a template's opening comment.
  static func summary(of text: String) -> String {
    for line in text.split(separator: "\n") {
      guard line.hasPrefix("#") else { break }
      let words = line.drop { $0 == "#" || $0 == " " }
      if words.isEmpty || words.hasPrefix("yaml-language-server") { continue }
      return String(words)
    }
    return ""
  }
}
