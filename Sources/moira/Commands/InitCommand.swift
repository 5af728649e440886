import ArgumentParser
import Foundation
import MoiraModel

/// Writes a pipeline to start from, and with it, if asked, parties with data to run it on.
struct InitCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a pipeline to start from.")

  @Argument(
    help: "Which; see 'moira templates'.", completion: .list(pipelineTemplates.map(\.name)))
  var template = "homo_lr"
  @Flag(help: "Write parties with example data as well, so that it can be run at once.")
  var withData = false
  @Flag(help: "Write over files that are there.")
  var force = false
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() throws -> ExitStatus {
    guard let found = pipelineTemplates.first(where: { $0.name == template }) else {
      let names = pipelineTemplates.map(\.name)
      throw Failure(
        "template-unknown", "'\(template)' is not a template",
        hint: nearestName(to: template, among: names).map { "did you mean '\($0)'?" }
          ?? "templates are " + names.joined(separator: ", "))
    }
    var files = [(path: "\(template).yaml", text: found.text)]
    if withData { files += exampleFiles.map { ($0.name, $0.text) } }
    try NewFiles(files).write(force: force)
    for file in files { Console.print("wrote \(file.path)") }
    Console.print(
      withData
        ? "\nnext: moira run \(template).yaml"
        : "\nnext: moira check \(template).yaml; '--with-data' writes parties and data for it")
    return .done
  }
}

/// Files to be written, all or none.
struct NewFiles {
  private let files: [(path: String, text: String)]

  init(_ files: [(path: String, text: String)]) { self.files = files }

  /// - Throws: `file-exists`, `file-unwritable`.
  func write(force: Bool) throws(Failure) {
    if !force, let file = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      throw Failure(
        "file-exists", "'\(file.path)' is there already", hint: "'--force' writes over it")
    }
    for file in files { try Self.write(Data(file.text.utf8), to: file.path) }
  }

  /// Writes a file whole or not at all, with the folders that it needs.
  ///
  /// - Throws: `file-unwritable`.
  static func write(_ bytes: Data, to path: String) throws(Failure) {
    do {
      let url = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try bytes.write(to: url, options: .atomic)
    } catch {
      throw Failure("file-unwritable", "'\(path)' cannot be written", cause: "\(error)")
    }
  }
}
