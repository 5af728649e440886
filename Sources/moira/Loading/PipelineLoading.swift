import ArgumentParser
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraYAML

/// Which pipeline, with which changes and parties.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var changes: ChangeOptions
}

/// What a run changes of a pipeline.
struct ChangeOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a parameter in place of the file's; may be repeated.",
      valueName: "task.parameter=value"))
  var sets: [String] = []

  @Option(
    help: "The folder of the parties' folders; by default 'parties' beside the pipeline, or here.",
    completion: .directory)
  var parties: String?
}

/// A pipeline that was found right, and its plan.
struct LoadedPipeline {
  let plan: Plan
  let source: PipelineSource
  let parties: RegisteredParties
  let warnings: DiagnosticReport?
}

extension LoadedPipeline {
  /// Reads and checks a file.
  ///
  /// - Throws: `WrongText` with all that is wrong, in the pipeline, in `--set` and in the parties'
  ///   files.
  init(_ options: PipelineOptions) throws(WrongText) {
    let text: String
    do throws(Diagnostics) {
      text = try TextFile.read(
        options.file, hint: "'moira init homo_lr' writes a pipeline to start from")
    } catch {
      throw WrongText(diagnostics: error, sources: [:])
    }
    let folder =
      options.changes.parties ?? RegisteredParties.defaultFolder(besides: options.file)
    try self.init(
      PipelineSource(
        file: options.file, text: text, overrides: options.changes.sets, parties: folder))
  }

  /// Checks a text, which an earlier job may have kept.
  init(_ source: PipelineSource) throws(WrongText) {
    let parties = RegisteredParties(in: source.parties)
    let sets = SetOptions(source.overrides)
    var sources = parties.sources
    sources[source.file] = source.text
    sources[SetOptions.file] = sets.source
    var found = parties.diagnostics
    found.add(contentsOf: sets.diagnostics)
    let plan = Self.plan(source, sets: sets, registry: parties.registry, into: &found)
    guard let plan, !found.hasErrors else { throw WrongText(diagnostics: found, sources: sources) }
    self.plan = plan
    self.source = source
    self.parties = parties
    warnings = found.all.isEmpty ? nil : DiagnosticReport(found, sources: sources)
  }

  private static func plan(
    _ source: PipelineSource, sets: SetOptions, registry: Registry, into found: inout Diagnostics
  ) -> Plan? {
    do throws(Diagnostics) {
      let node = try readYAML(source.text, file: source.file)
      guard let pipeline = Pipeline.reading(node, into: &found) else { return nil }
      return Plan.making(
        pipeline, catalog: standardCatalog.schemas, overrides: sets.overrides, registry: registry,
        into: &found)
    } catch {
      found.add(contentsOf: error)
      return nil
    }
  }
}
