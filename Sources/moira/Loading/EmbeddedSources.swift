import Foundation
import MoiraModel

/// A file that the binary carries.
struct EmbeddedFile: Sendable {
  let name: String
  let text: String

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

/// Makes the Swift sources that carry error pages, templates and example data.
struct EmbeddedSources {
  let root: String

  /// - Throws: `file-unreadable`.
  var errorPages: String {
    get throws(Failure) {
      var files: [EmbeddedFile] = []
      for name in names(in: "Docs/errors", endingWith: ".md") where name != "README.md" {
        files.append(EmbeddedFile(String(name.dropLast(3)), try text("Docs/errors/\(name)")))
      }
      return source(
        of: files, named: "errorPages", "The pages that 'moira explain' prints, by code.")
    }
  }

  var templates: String {
    get throws(Failure) {
      var files: [EmbeddedFile] = []
      for name in names(in: "pipelines", endingWith: ".yaml") {
        let text = try text("pipelines/\(name)").replacing("pipelines/", with: "")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.drop { $0.hasPrefix("# yaml-language-server") || $0 == "#" }
        files.append(EmbeddedFile(String(name.dropLast(5)), kept.joined(separator: "\n")))
      }
      return source(
        of: files, named: "pipelineTemplates", "The pipelines that 'moira init' writes, by name.")
    }
  }

  /// The parties of the templates with their data, each party's in its own folder.
  var examples: String {
    get throws(Failure) {
      var files: [EmbeddedFile] = []
      var examples: Set<String> = []
      for party in names(in: "pipelines/parties", endingWith: "") {
        let profile = try text("pipelines/parties/\(party)/party.yaml")
        let moved = MovedProfile(profile, of: party)
        files.append(EmbeddedFile("parties/\(party)/party.yaml", moved.text))
        for (from, name) in moved.data {
          files.append(EmbeddedFile("parties/\(party)/\(name)", try text("examples/\(from)")))
          examples.insert(String(from.prefix { $0 != "/" }))
        }
      }
      for example in examples.sorted() {
        files.append(
          EmbeddedFile("parties/\(example).md", try text("examples/\(example)/README.md")))
      }
      return source(
        of: files, named: "exampleFiles", "The parties and data that 'moira init' writes, by path.")
    }
  }

  // MARK: Reading and writing

  private func names(in folder: String, endingWith ending: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return all.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.sorted()
  }

  private func text(_ path: String) throws(Failure) -> String {
    guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else {
      throw Failure("file-unreadable", "'\(root)/\(path)' cannot be read")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func source(of files: [EmbeddedFile], named name: String, _ summary: String) -> String {
    var lines = ["// swift-format-ignore-file", "// Made by 'moira generate'.", ""]
    lines += ["/// \(summary)", "let \(name): [EmbeddedFile] = ["]
    for file in files {
      lines.append("  EmbeddedFile(\(literal(file.name)), \(literal(file.text))),")
    }
    return (lines + ["]"]).joined(separator: "\n") + "\n"
  }

  private func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": literal += "\\\(scalar)"
      case "\n": literal += "\\n"
      case _ where scalar.value < 0x20: literal += "\\u{\(String(scalar.value, radix: 16))}"
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}

/// A profile of the repository's parties with its data moved into the party's own folder.
private struct MovedProfile {
  private(set) var data: [(from: String, name: String)] = []
  private(set) var text: String

  init(_ profile: String, of party: String) {
    let prefix = "path: ../../../examples/"
    var lines: [String] = []
    for line in profile.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let range = line.firstRange(of: prefix) else {
        lines.append(
          String(line).replacing(/see examples\/([a-z-]+)\/README.md/) { "see ../\($0.1).md" })
        continue
      }
      let from = String(line[range.upperBound...])
      let parts = from.split(separator: "/")
      let own = parts.last.map(String.init) == "\(party).csv"
      let name = own ? "\(parts[0]).csv" : String(parts.last ?? "")
      data.append((from, name))
      lines.append(String(line[..<range.lowerBound]) + "path: " + name)
    }
    text = lines.joined(separator: "\n")
  }
}
