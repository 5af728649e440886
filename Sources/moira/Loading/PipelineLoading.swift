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
  @Argument(
    help: "The pipeline file; FATE's DAG files are read too.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
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
  init(_ options: PipelineOptions, home: Home) async throws(WrongText) {
    let folder =
      options.changes.parties ?? RegisteredParties.defaultFolder(besides: options.file)
    try await self.init(
      PipelineSource(
        readFrom: options.file, overrides: options.changes.sets, parties: folder),
      home: home)
  }

  /// Checks a text, which an earlier job may have kept.
  init(_ source: PipelineSource, home: Home) async throws(WrongText) {
    let parties = RegisteredParties(in: source.parties)
    (plan, warnings) = try await ReadPipeline(source, home: home).plan(at: parties)
    self.source = source
    self.parties = parties
  }
}

extension PipelineSource {
  /// What a file says.
  ///
  /// - Throws: `WrongText` if it cannot be read.
  init(
    readFrom file: String, overrides: [String], parties: String = ""
  ) throws(WrongText) {
    do throws(Diagnostics) {
      let text = try TextFile.read(
        file, hint: "'moira init homo_lr' writes a pipeline to start from")
      self.init(file: file, text: text, overrides: overrides, parties: parties)
    } catch {
      throw WrongText(diagnostics: error, sources: [:])
    }
  }
}

extension ReadPipeline {
  /// The plan, and warnings if there are any.
  ///
  /// - Parameter parties: nil where the parties' folders are not here.
  /// - Throws: `WrongText` with all that is wrong.
  func plan(
    at parties: RegisteredParties? = nil
  ) throws(WrongText) -> (plan: Plan, warnings: DiagnosticReport?) {
    var found = parties?.diagnostics ?? Diagnostics()
    found.add(contentsOf: diagnostics)
    let plan = pipeline.flatMap {
      Plan.making(
        $0, catalog: standardCatalog.schemas, overrides: overrides,
        registry: parties?.registry, into: &found)
    }
    let sources = (parties?.sources ?? [:]).merging(self.sources) { $1 }
    guard let plan, !found.hasErrors else { throw WrongText(diagnostics: found, sources: sources) }
    return (plan, found.all.isEmpty ? nil : DiagnosticReport(found, sources: sources))
  }
}

/// A pipeline read from a text of ours or of FATE's, with what is wrong with it.
struct ReadPipeline {
  private(set) var pipeline: Pipeline?
  /// What goes over the pipeline's own parameters; FATE's files have taken theirs in already.
  private(set) var overrides: [Override] = []
  private(set) var diagnostics: Diagnostics
  private(set) var sources: [String: String]

  init(_ source: PipelineSource, home: Home) async {
    let sets = SetOptions(source.overrides)
    diagnostics = sets.diagnostics
    sources = [source.file: source.text, SetOptions.file: sets.source]
    do throws(Diagnostics) {
      let node = try readYAML(source.text, file: source.file)
      guard FatePipeline.describes(node) else {
        overrides = sets.overrides
        pipeline = Pipeline.reading(node, into: &diagnostics)
        return
      }
      var settings = FateSettings()
      settings.name = Self.name(of: source.file)
      settings.overrides = sets.overrides
      settings.found = await EarlierJobs(home: home).found(
        FatePipeline.references(in: node, overrides: sets.overrides))
      pipeline = FatePipeline.reading(node, settings: settings, into: &diagnostics)?.pipeline
    } catch {
      diagnostics.add(contentsOf: error)
    }
  }

  /// Reads a dsl and a conf file of FATE 1.x.
  init(dsl: (file: String, text: String), conf: (file: String, text: String), overrides: [String]) {
    let sets = SetOptions(overrides)
    diagnostics = sets.diagnostics
    sources = [dsl.file: dsl.text, conf.file: conf.text, SetOptions.file: sets.source]
    do throws(Diagnostics) {
      var settings = FateSettings()
      settings.name = Self.name(of: conf.file)
      settings.overrides = sets.overrides
      pipeline =
        FatePipeline.reading(
          dsl: try readYAML(dsl.text, file: dsl.file),
          conf: try readYAML(conf.text, file: conf.file),
          settings: settings, into: &diagnostics)?.pipeline
    } catch {
      diagnostics.add(contentsOf: error)
    }
  }

  /// `train` of `dags/train.yaml`: FATE's files have no name.
  private static func name(of file: String) -> String {
    let last = file.split(separator: "/").last ?? "fate"
    let name = last.split(separator: ".").first.map(String.init) ?? "fate"
    return name.isEmpty ? "fate" : name
  }
}
