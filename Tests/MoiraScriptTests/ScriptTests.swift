import Foundation
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraScript
import MoiraYAML
import Testing

@Suite("Pipelines as programs")
struct ScriptTests {
  private func plan(_ pipeline: Pipeline) throws -> Plan {
    try Plan(pipeline, catalog: standardCatalog.schemas)
  }

  private func pipeline(_ yaml: String) throws -> Pipeline {
    try Pipeline(reading: readYAML(yaml, file: "pipeline.yaml"))
  }

  private func script() throws -> Pipeline {
    try Pipeline(
      "breast", guest: "9999", hosts: ["10000", "10001"], arbiter: "10000",
      conf: ["retries": 2, "parallelism": 3]
    ) {
      let rows = Reader("reader_0", id: "id", label: "y", features: ["x0", "x*"])
      rows.at("guest", ["dataset": "breast-a"]).at("host", ["dataset": "breast"])
      let split = Partitioner("split_0", data: rows.table, test: 0.3, stratified: true)
      split.conf(["timeout": 60])
      HomoLR(
        "homo_lr_0", trainData: split.train, epochs: 5, batchSize: 32, learningRate: 0.1,
        optimizer: ["method": "adam", "beta1": 0.8], penalty: "l1")
      for seed in 1...2 {
        Sample("sample_\(seed)", data: split.test, share: 0.5, seed: seed)
      }
      Statistics("statistics_0", data: "sample_1.table", quantiles: [0.5], pooled: false)
        .only(at: "9999").after(split)
      ScriptTask(
        "predictor_0", component: "predictor",
        inputs: ["model": "homo_lr_0.model", "data": "sample_2.table"])
    }
  }

  @Test("an input may come from another task at each party")
  func inputsByParty() throws {
    let built = try Pipeline("breast", guest: "9999", hosts: ["10000", "10001"]) {
      let rows = Reader("reader_0", dataset: "breast")
      let fewer = Sample("sample_0", data: rows.table, share: 0.5).only(at: "9999")
      rows
      fewer
      Statistics(
        "statistics_0", data: .at(["guest": fewer.output("table"), "host": rows.table]),
        pooled: false)
    }
    #expect(
      built.yaml.contains("    inputs: {data: {guest: sample_0.table, host: reader_0.table}}\n"))
    #expect(try plan(built).contentHash == plan(pipeline(built.yaml)).contentHash)
  }

  private let yaml = """
    moira: 1
    name: breast

    parties:
      guest: 9999
      host: [10000, 10001]
      arbiter: 10000

    conf: {retries: 2, parallelism: 3}

    tasks:
      reader_0:
        component: reader
        parameters: {id: id, label: "y", features: [x0, "x*"]}
        at:
          guest: {dataset: breast-a}
          host: {dataset: breast}

      split_0:
        component: partitioner
        inputs: {data: reader_0.table}
        parameters: {test: 0.3, stratified: true}
        conf: {timeout: 60}

      homo_lr_0:
        component: homo_lr
        inputs: {train_data: split_0.train}
        parameters:
          epochs: 5
          batch_size: 32
          learning_rate: 0.1
          optimizer: {method: adam, beta1: 0.8}
          penalty: l1

      sample_1:
        component: sample
        inputs: {data: split_0.test}
        parameters: {share: 0.5, seed: 1}

      sample_2:
        component: sample
        inputs: {data: split_0.test}
        parameters: {share: 0.5, seed: 2}

      statistics_0:
        component: statistics
        inputs: {data: sample_1.table}
        parameters: {quantiles: [0.5], pooled: false}
        after: [split_0]
        parties: [9999]

      predictor_0:
        component: predictor
        inputs: {model: homo_lr_0.model, data: sample_2.table}

    """

  @Test func `a program and the file with the same words are one pipeline`() throws {
    #expect(try script().yaml == yaml)
    #expect(try pipeline(yaml).yaml == yaml)
    #expect(try plan(script()).contentHash == plan(pipeline(yaml)).contentHash)
  }

  @Test func `a program is checked as a file is`() throws {
    #expect(throws: Diagnostics.self) {
      try Pipeline("x", guest: "not a name") { Reader("reader_0", dataset: "breast") }
    }
    let twice = #expect(throws: Diagnostics.self) {
      try Pipeline("x", guest: "a") {
        Reader("reader_0", dataset: "breast")
        Reader("reader_0", dataset: "breast")
      }
    }
    #expect(twice?.all.map(\.message) == ["'reader_0' is the name of two tasks"])
    let wrong = try Pipeline("x", guest: "a") {
      Partitioner("split_0", data: "reader_0.table", test: 0.5)
    }
    let found = #expect(throws: Diagnostics.self) { try plan(wrong) }
    #expect(found?.all.map(\.message) == ["'reader_0' is not a task of the pipeline"])
  }

  /// Every file of ours, read, written in the short form, and read again.
  @Test(arguments: [
    "homo_lr", "homo_lr_kfold", "homo_lr_multiclass", "homo_lr_predict", "homo_lr_privacy",
    "homo_lr_warm_start", "statistics",
  ])
  func `a template in the short form is the same plan`(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appendingPathComponent("pipelines/\(name).yaml"), encoding: .utf8)
    let first = try pipeline(text)
    let again = try pipeline(first.yaml)
    #expect(try plan(first).contentHash == plan(again).contentHash)
    #expect(again.yaml == first.yaml)
  }

  @Test func `names and texts that YAML could take for something else are quoted`() throws {
    let names = [
      "null", "yes", "0x1F", "1e5", "a: b", "#", "- x", "é", "\u{1}", "'", "\"", "", "~",
    ]
    let made = try Pipeline("null", guest: "null") {
      Reader("reader_0", dataset: "1e5", missing: names)
    }
    let again = try pipeline(made.yaml)
    #expect(again.name == "null" && again.members[0].party == "null")
    let values = try #require(again.steps[0].parameters?.value["missing"])
    #expect(values == .list(names.map { .string($0) }))
    #expect(again.steps[0].parameters?.value["dataset"] == .string("1e5"))
  }
}
