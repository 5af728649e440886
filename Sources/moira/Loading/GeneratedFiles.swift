import Foundation
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan

/// The files of the repository that follow from its sources, with what should stand in them.
struct GeneratedFiles {
  private let root: String
  /// By path from the root; nil for one that should not be there.
  private var texts: [String: String?] = [:]

  init(root: String) throws(Failure) {
    self.root = root
    addComponents()
    texts["Docs/schemas/pipeline-1.json"] =
      standardCatalog.schemas.pipelineJSONSchema.json(indent: 2) + "\n"
    let sources = EmbeddedSources(root: root)
    texts["Sources/moira/Generated/ErrorPages.swift"] = try sources.errorPages
    texts["Sources/moira/Generated/PipelineTemplates.swift"] = try sources.templates
    texts["Sources/moira/Generated/ExampleFiles.swift"] = try sources.examples
  }

  private mutating func addComponents() {
    let schemas = standardCatalog.schemas.all
    let folder = "Docs/components"
    let there = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    for name in there where name.hasSuffix(".md") { texts["\(folder)/\(name)"] = .some(nil) }
    for schema in schemas { texts["\(folder)/\(schema.name).md"] = schema.markdown }
    var index = ["# Components", "", "| Component | Runs at | Does |", "|---|---|---|"]
    for schema in schemas {
      let roles = schema.roles.map(\.rawValue).joined(separator: ", ")
      index.append("| [\(schema.name)](\(schema.name).md) | \(roles) | \(schema.summary) |")
    }
    let scripts = "Sources/MoiraScript/Generated"
    let old = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(scripts)")) ?? []
    for name in old where name.hasSuffix(".swift") { texts["\(scripts)/\(name)"] = .some(nil) }
    for schema in schemas {
      let source = ScriptSources(schema: schema)
      texts["\(scripts)/\(source.typeName).swift"] = source.text
    }
    texts["\(folder)/README.md"] = index.joined(separator: "\n") + "\n"
  }

  /// The files whose text is another, that are missing, or that should not be there.
  var stale: [String] {
    texts.keys.sorted().filter { path in
      let data = FileManager.default.contents(atPath: "\(root)/\(path)")
      return data.map { String(decoding: $0, as: UTF8.self) } != texts[path].flatMap(\.self)
    }
  }

  /// - Throws: `file-unwritable`.
  func write(_ path: String) throws(Failure) {
    guard let text = texts[path].flatMap(\.self) else {
      unlink("\(root)/\(path)")
      return
    }
    try NewFiles.write(Data(text.utf8), to: "\(root)/\(path)")
  }
}
