import Foundation
import Testing

/// FATE's files from `examples/fate`, as processes.
@Suite("FATE's files")
struct FateTests {
  private let place: Workplace
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private static let folder = root + "/examples/fate/"
  private static let permit = ["--set", "dag.conf.extra.protection=none"]

  init() throws { place = try Workplace() }

  private func moira(_ command: String, _ file: String, _ options: [String] = []) throws -> Outcome
  {
    try place.run([command, Self.folder + file] + options)
  }

  private func planHash(_ file: String, _ options: [String] = []) throws -> String {
    let outcome = try place.run(
      ["plan", file, "--format", "json", "--parties", Self.folder + "parties"] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    return try #require(json?["hash"] as? String)
  }

  @Test("FATE's own example is refused with the words that permit it, and runs with them")
  func example() throws {
    let refused = try moira("run", "train.yaml")
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains(
        "train.yaml:32:5: error: 'homo_lr_0' sums over 2 parties, but masks hide values among 3 or more [too-few-parties]"
      ))
    #expect(refused.errors.contains("--set dag.conf.extra.protection=none"))
    let run = try moira("run", "train.yaml", Self.permit)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("warning: protection is none: the arbiter '10000-arbiter' sees"))
    #expect(run.output.contains("none: the arbiter sees every party's values"))
    let again = try place.run(["rerun", "last"])
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains("reader_0         reused"))
  }

  @Test("three parties need no permission, and their model predicts in another job")
  func threeParties() throws {
    let run = try moira("run", "three_parties.yaml", ["--format", "json"])
    #expect(run.status == 0, "\(run.errors)")
    struct Report: Decodable {
      struct Measured: Decodable {
        let task: String
        let values: [String: Double]
      }
      let metrics: [Measured]
      let protection: [[String: String]]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    let auc = report.metrics.compactMap { $0.values["pooled_auc"] }
    #expect(auc.count == 1 && auc[0] > 0.97)
    #expect(report.protection.allSatisfy { $0["text"]?.hasPrefix("secure aggregation") == true })
    let last = ["--set", "dag.conf.model_warehouse.model_id=last"]
    let predicted = try moira("run", "predict.yaml", last)
    #expect(predicted.status == 0, "\(predicted.errors)")
    let rows = try place.moira("export", "last", "homo_lr_0.predictions@10001")
    #expect(rows.lines.count == 173 && rows.lines[0] == "id,y,probability,class")
    let unnamed = try moira("check", "predict.yaml")
    #expect(unnamed.status == 65)
    #expect(unnamed.errors.contains("must say by 'model_id' which job made the model"))
  }

  /// The rows of a table that a party has, by column.
  private func column(_ name: String, of output: String) throws -> [Double] {
    let table = try place.moira("export", "last", output)
    #expect(table.status == 0, "\(table.errors)")
    let names = table.lines.first?.split(separator: ",").map(String.init) ?? []
    let index = try #require(names.firstIndex(of: name))
    return table.lines.dropFirst().compactMap { line in
      Double(line.split(separator: ",", omittingEmptySubsequences: false)[index])
    }
  }

  @Test("inputs come from each party's own task, and columns go to their own ranges by place")
  func asymmetric() throws {
    let file = "asymmetric.yaml"
    try place.write(
      """
      dag:
        parties:
        - {role: guest, party_id: ['9999']}
        - {role: host, party_id: ['10000', '10001']}
        - {role: arbiter, party_id: ['10000']}
        party_tasks:
          guest:
            parties: [{role: guest, party_id: ['9999']}]
            tasks: {reader_0: {parameters: {namespace: experiment, name: breast_homo_guest}}}
          hosts:
            parties: [{role: host, party_id: ['10000', '10001']}]
            tasks: {reader_0: {parameters: {namespace: experiment, name: breast_homo_host}}}
        stage: train
        tasks:
          reader_0: {component_ref: reader, stage: default}
          sample_0:
            component_ref: sample
            stage: default
            parties: [{role: guest, party_id: ['9999']}]
            parameters: {frac: 0.5, random_state: 3, hetero_sync: false}
            inputs: {data: {input_data: {task_output_artifact: {producer_task: reader_0, output_artifact_key: output_data}}}}
          feature_scale_0:
            component_ref: feature_scale
            parameters: {method: min_max, scale_idx: [0, 2], feature_range: {x0: [-1, 1]}}
            inputs:
              data:
                train_data:
                  task_output_artifact:
                  - {producer_task: sample_0, output_artifact_key: output_data, parties: [{role: guest, party_id: ['9999']}]}
                  - {producer_task: reader_0, output_artifact_key: output_data, roles: [host]}
          homo_lr_0:
            component_ref: homo_lr
            parameters: {epochs: 2}
            inputs: {data: {train_data: {task_output_artifact: {producer_task: feature_scale_0, output_artifact_key: train_output_data}}}}
      schema_version: 2.2.0
      """, to: file)
    let parties = ["--parties", Self.folder + "parties"]
    let converted = try place.run(["convert", file, "-o", "short.yaml"])
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(try planHash(file) == planHash("short.yaml"))
    let run = try place.run(["run", file] + parties)
    #expect(run.status == 0, "\(run.errors)")
    let seats = ["9999", "10000", "10001"]
    // 207 rows of the guest's halved, and all of the hosts'.
    let rows = try seats.map { try column("x0", of: "feature_scale_0.table@\($0)") }
    #expect(rows.map(\.count) == [104, 170, 172])
    let first = rows.flatMap { $0 }
    #expect(abs(first.min()! + 1) < 1e-12 && abs(first.max()! - 1) < 1e-12)
    let third = try seats.flatMap { try column("x2", of: "feature_scale_0.table@\($0)") }
    #expect(third.min() == 0 && abs(third.max()! - 1) < 1e-12)
    #expect(
      try column("x1", of: "feature_scale_0.table@9999")
        == column("x1", of: "sample_0.table@9999"))
  }

  @Test("a job of the role local runs at its party alone")
  func local() throws {
    #expect(try place.moira("party", "init", "0").status == 0)
    let table = Self.folder + "parties/9999/breast_homo_guest.csv"
    let added = try place.moira(
      "party", "dataset", "add", "experiment.breast", table, "--id", "id", "--label", "y",
      "--party",
      "0")
    #expect(added.status == 0, "\(added.errors)")
    try place.write(
      """
      dag:
        parties: [{role: local, party_id: ['0']}]
        stage: default
        tasks:
          transformer_0:
            component_ref: dataframe_transformer
            inputs: {data: {table: {data_warehouse: {namespace: experiment, name: breast}}}}
          data_split_0:
            component_ref: data_split
            parties: [{role: local, party_id: ['0']}]
            parameters: {train_size: 0.75, hetero_sync: false}
            inputs: {data: {input_data: {task_output_artifact: {producer_task: transformer_0, output_artifact_key: dataframe_output}}}}
          statistics_0:
            component_ref: statistics
            inputs: {data: {input_data: {task_output_artifact: {producer_task: data_split_0, output_artifact_key: train_output_data}}}}
      schema_version: 2.2.0
      """, to: "local.yaml")
    let run = try place.moira("run", "local.yaml")
    #expect(run.status == 0, "\(run.errors)")
    let sides = try ["train", "test"].map { try column("x0", of: "data_split_0.\($0)@0") }
    #expect(sides.allSatisfy { $0.count > 30 } && sides[0].count + sides[1].count == 207)
    let shown = try place.moira("show", "last")
    #expect(!shown.output.contains("host") && !shown.output.contains("arbiter"))
  }

  @Test("a file and its conversion are one plan, and a file that is there is kept")
  func conversion() throws {
    for (file, options) in [("train.yaml", Self.permit), ("three_parties.yaml", [])] {
      let converted = try moira("convert", file, ["-o", file] + options)
      #expect(converted.status == 0, "\(converted.errors)")
      #expect(try planHash(Self.folder + file, options) == planHash(file))
      let again = try moira("convert", file, ["-o", file] + options)
      #expect(again.status == 64 || again.errors.contains("[file-exists]"))
    }
  }

  @Test("a pair of FATE 1.x is converted, and runs")
  func pair() throws {
    let converted = try place.run([
      "convert", "--dsl", Self.folder + "train_dsl.json", "--conf",
      Self.folder + "train_conf.json", "-o", "pair.yaml",
    ])
    #expect(converted.status == 0, "\(converted.errors)")
    let run = try place.moira("run", "pair.yaml", "--parties", Self.folder + "parties")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("secure aggregation"))
  }

  @Test("convert wants a file, or a pair")
  func usage() throws {
    #expect(try place.moira("convert").status == 64)
    #expect(try place.moira("convert", "--dsl", "x").status == 64)
    #expect(try place.moira("convert", "x", "--dsl", "y", "--conf", "z").status == 64)
  }

  @Test("a registered dataset may name its id and label")
  func registered() throws {
    #expect(try place.moira("party", "init", "9999").status == 0)
    let file = Self.folder + "parties/9999/breast_homo_guest.csv"
    let added = try place.moira(
      "party", "dataset", "add", "experiment.breast_homo_guest", file, "--id", "id", "--label", "y"
    )
    #expect(added.status == 0, "\(added.errors)")
    try place.write(
      """
      moira: 1
      parties: {guest: 9999}
      tasks:
        reader_0: {component: reader, parameters: {dataset: experiment.breast_homo_guest}}
        sample_0:
          component: sample
          inputs: {data: reader_0.table}
          parameters: {shares: {1: 0.5}}
      """, to: "p.yaml")
    let run = try place.moira("run", "p.yaml")
    #expect(run.status == 0, "\(run.errors)")
    let table = try place.moira("export", "last", "sample_0.table@9999")
    #expect(table.lines[0].hasPrefix("id,y,x0,"))
  }

  @Test("the example of a pipeline as a program makes the plan of the file")
  func script() throws {
    let process = Process()
    process.executableURL = Workplace.binary.deletingLastPathComponent()
      .appendingPathComponent("script-example")
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(
      decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try place.write(text, to: "script.yaml")
    let parties = ["--parties", Self.root + "/pipelines/parties"]
    func hash(_ file: String) throws -> String {
      let outcome = try place.run(["plan", file, "--format", "json"] + parties)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let json =
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      return try #require(json?["hash"] as? String)
    }
    #expect(try hash("script.yaml") == hash(Self.root + "/pipelines/homo_lr.yaml"))
  }
}
