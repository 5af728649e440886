import Foundation
import MoiraComponents
import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraYAML
import Testing

/// Every folder below `Tests/Fate`: what a file becomes, and what is said about it.
@Suite("FATE files")
struct FateConversionTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fate")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { !$0.hasPrefix(".") && !$0.hasSuffix(".md") }.sorted()

  private static let writes = ProcessInfo.processInfo.environment["MOIRA_WRITE_CASES"] != nil

  @Test func `there are files for every feature of the schema, and for what FATE does not catch`() {
    #expect(Self.names.count { !$0.hasPrefix("bad-") } > 18)
    #expect(Self.names.count { $0.hasPrefix("bad-") } > 12)
  }

  @Test(arguments: names)
  func `a file becomes what is expected, with the words that are expected`(name: String) throws {
    let files = try FateCase(Self.folder.appendingPathComponent(name))
    let found = files.read()
    try compare(found.messages, with: files.folder.appendingPathComponent("messages.txt"))
    if name.hasPrefix("bad-"), found.hasErrors { return }
    let pipeline = try #require(found.pipeline, "\(found.messages)")
    try compare(pipeline.yaml, with: files.folder.appendingPathComponent("pipeline.yaml"))
  }

  @Test(arguments: names.filter { !$0.hasPrefix("bad-") })
  func `file and conversion give the same plan, and converting again changes nothing`(
    name: String
  ) throws {
    let found = try FateCase(Self.folder.appendingPathComponent(name)).read()
    let pipeline = try #require(found.pipeline, "\(found.messages)")
    let again = try Pipeline(reading: readYAML(pipeline.yaml, file: "pipeline.yaml"))
    #expect(again.yaml == pipeline.yaml)
    let schemas = standardCatalog.schemas
    let direct = try Plan(pipeline, catalog: schemas)
    let converted = try Plan(again, catalog: schemas)
    #expect(direct.contentHash == converted.contentHash)
    #expect(direct.tasks.count == pipeline.steps.count)
  }

  private func compare(_ text: String, with file: URL) throws {
    if Self.writes, !FileManager.default.fileExists(atPath: file.path) {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try? String(contentsOf: file, encoding: .utf8)
    #expect(text == expected, "\(file.lastPathComponent)")
  }
}

/// The files of one folder.
struct FateCase {
  let folder: URL
  private let sets: [String]

  init(_ folder: URL) throws {
    self.folder = folder
    let text = try? String(contentsOf: folder.appendingPathComponent("set.txt"), encoding: .utf8)
    sets = (text ?? "").split(separator: "\n").map(String.init)
  }

  struct Found {
    var pipeline: Pipeline?
    var messages: String
    var hasErrors: Bool
  }

  func read() -> Found {
    var diagnostics = Diagnostics()
    var pipeline: Pipeline?
    do throws(Diagnostics) {
      var settings = FateSettings()
      settings.name = folder.lastPathComponent
      settings.overrides = try overrides()
      if let dsl = text("dsl.json"), let conf = text("conf.json") {
        pipeline =
          FatePipeline.reading(
            dsl: try readYAML(dsl, file: "dsl.json"), conf: try readYAML(conf, file: "conf.json"),
            settings: settings, into: &diagnostics)?.pipeline
      } else {
        let file = text("dag.json") == nil ? "dag.yaml" : "dag.json"
        let node = try readYAML(text(file) ?? "", file: file)
        for one in FatePipeline.references(in: node, overrides: settings.overrides)
        where one.job == "7f3a09c2" {
          for party in ["9999", "10000", "10001", "0"] as [PartyID] {
            let name = "\(one.task).\(one.key)@\(party)"
            settings.found[one, default: [:]][party] = sha256(Array(name.utf8))
          }
        }
        pipeline =
          FatePipeline.reading(node, settings: settings, into: &diagnostics)?.pipeline
      }
    } catch {
      diagnostics.add(contentsOf: error)
    }
    if let pipeline {
      _ = Plan.making(pipeline, catalog: standardCatalog.schemas, into: &diagnostics)
    }
    let lines = diagnostics.sorted.map { one in
      let place = one.site.map { "\($0): " } ?? ""
      let hint = one.hint.map { "\n  help: \($0)" } ?? ""
      return "\(place)\(one.severity.rawValue): \(one.message) [\(one.code)]\(hint)\n"
    }
    return Found(
      pipeline: pipeline, messages: lines.joined(), hasErrors: diagnostics.hasErrors)
  }

  private func text(_ name: String) -> String? {
    try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  private func overrides() throws(Diagnostics) -> [Override] {
    var found: [Override] = []
    for (index, set) in sets.enumerated() {
      let parts = set.split(separator: "=", maxSplits: 1).map(String.init)
      let names = parts[0].split(separator: ".").map(String.init)
      let site = Site(file: "--set", line: index + 1, column: 1)
      found.append(
        Override(
          task: TaskID(names[0]), path: Array(names.dropFirst()),
          value: try readYAML(parts[1], file: "--set"), site: site))
    }
    return found
  }
}
