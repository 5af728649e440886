import Foundation
import Testing

/// Every template runs, and does what its page promises.
@Suite("templates")
struct TemplateTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("pipelines")

  /// What a job measured last, by task, party and name.
  private struct Report: Decodable {
    struct Measured: Decodable {
      let task: String
      let party: String
      let values: [String: Double]
    }
    let state: String
    let metrics: [Measured]
    let protection: [[String: String]]

    func value(_ task: String, _ name: String, at party: String = "hospital-a") -> Double? {
      metrics.first { $0.task == task && $0.party == party }?.values[name]
    }
  }

  private func run(_ name: String, in place: Workplace, _ options: [String] = []) throws -> Report {
    let pipeline = Self.folder.appendingPathComponent("\(name).yaml").path
    let process = try place.run(["run", pipeline, "--format", "json"] + options)
    #expect(process.status == 0, "\(process.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(process.output.utf8))
  }

  @Test("homo_lr: the federated model is better than each hospital's own")
  func homoLR() throws {
    let report = try run("homo_lr", in: Workplace())
    let federated = try #require(report.value("evaluation_0", "pooled_accuracy"))
    #expect(federated > 0.97)
    #expect(try #require(report.value("evaluation_0", "pooled_auc")) > 0.99)
    for party in ["hospital-a", "hospital-b", "hospital-c"] {
      let alone = try #require(report.value("evaluation_0", "alone_accuracy", at: party))
      #expect(federated > alone + 0.02)
    }
    #expect(report.protection.allSatisfy { $0["text"]?.hasPrefix("secure aggregation") == true })
    #expect(
      Set(report.protection.map { $0["task"] }).isSuperset(of: ["homo_lr_0", "evaluation_0"]))
  }

  @Test("homo_lr_multiclass: the federated model knows the digits that a hospital lacks")
  func multiClass() throws {
    let report = try run("homo_lr_multiclass", in: Workplace())
    let federated = try #require(report.value("evaluation_0", "pooled_accuracy"))
    #expect(federated > 0.94)
    for party in ["hospital-a", "hospital-b", "hospital-c"] {
      let alone = try #require(report.value("evaluation_0", "alone_accuracy", at: party))
      #expect(federated > alone + 0.08)
    }
  }

  @Test("homo_lr_warm_start: the second stage goes on from the first, and comes further")
  func warmStart() throws {
    let report = try run("homo_lr_warm_start", in: Workplace())
    let first = try #require(report.value("homo_lr_0", "train_loss"))
    let second = try #require(report.value("homo_lr_1", "train_loss"))
    #expect(second < first)
  }

  @Test(
    "one template for each method, and all of them give the same model bytes, with the processor's kernels and without",
    arguments: [[:], ["MOIRA_KERNELS": "portable"]])
  func methods(variables: [String: String]) throws {
    struct Made: Decodable {
      struct Artifact: Decodable {
        let task: String
        let port: String
        let hash: String
      }
      let artifacts: [Artifact]
    }
    var hashes: Set<String> = []
    for (name, options) in [
      ("homo_lr_unprotected", []), ("homo_lr_secret_sharing", []), ("homo_lr_algebraic", []),
      ("homo_lr_paillier", ["--set", "encryptor_0.key_length=2048"]),
      ("homo_lr_unprotected", ["--set", "encryptor_0.method=secure_aggregation"]),
    ] {
      let place = try Workplace()
      let pipeline = Self.folder.appendingPathComponent("\(name).yaml").path
      let process = try place.run(["run", pipeline, "--format", "json"] + options, with: variables)
      #expect(process.status == 0, "\(process.errors)")
      let made = try JSONDecoder().decode(Made.self, from: Data(process.output.utf8))
      let models = made.artifacts.filter { $0.task == "homo_lr_0" && $0.port == "model" }
      #expect(models.count == 3)
      hashes.formUnion(models.map(\.hash))
    }
    #expect(hashes.count == 1)
  }

  /// The noise is drawn anew in every run. In 40 trial runs the accuracy lay in 0.939 ... 0.963; the
  /// bound is far below, at what guessing the larger class gives.
  @Test("homo_lr_privacy: the budget is kept, and the model still tells the classes apart")
  func privacy() throws {
    let report = try run("homo_lr_privacy", in: Workplace())
    let epsilon = try #require(report.value("homo_lr_0", "epsilon"))
    #expect(epsilon > 7 && epsilon <= 8)
    #expect(report.value("homo_lr_0", "train_loss") == nil)
    #expect(try #require(report.value("evaluation_0", "pooled_accuracy")) > 0.6)
    #expect(report.protection.contains { $0["text"]?.hasPrefix("differential privacy") == true })
  }

  @Test(
    "homo_lr_privacy_central and _distributed: the budget is kept, and the report says who is trusted",
    arguments: [
      ("central", "the arbiter adds the noise"), ("distributed", "each party adds its share"),
    ])
  func privateUpdates(unit: String, trust: String) throws {
    let report = try run("homo_lr_privacy_\(unit)", in: Workplace())
    let epsilon = try #require(report.value("homo_lr_0", "epsilon"))
    #expect(epsilon > 7.9 && epsilon <= 8)
    #expect(report.value("homo_lr_0", "train_loss") == nil)
    #expect(report.value("evaluation_0", "pooled_accuracy") != nil)
    let texts = report.protection.filter { $0["task"] == "homo_lr_0" }.compactMap { $0["text"] }
    #expect(texts.contains { $0.contains("each party's update") && $0.contains(trust) })
    #expect(texts.contains { $0.hasPrefix("secure aggregation") })
  }

  @Test(
    "homo_lr_robust: the median of three hospitals does as well, and the report says what is seen")
  func robust() throws {
    let report = try run("homo_lr_robust", in: Workplace())
    #expect(try #require(report.value("evaluation_0", "pooled_accuracy")) > 0.95)
    let texts = report.protection.filter { $0["task"] == "homo_lr_0" }.compactMap { $0["text"] }
    #expect(texts.contains { $0.contains("the arbiter sees every party's values") })
    let place = try Workplace()
    let pipeline = Self.folder.appendingPathComponent("homo_lr_robust.yaml").path
    let masked = try place.run([
      "run", pipeline, "--set", "encryptor_0.method=secure_aggregation",
    ])
    #expect(masked.status == 1)
    #expect((masked.output + masked.errors).contains("[updates-hidden]"))
  }

  @Test("homo_lr_sparse: a fifth of each update is enough")
  func sparse() throws {
    let report = try run("homo_lr_sparse", in: Workplace())
    #expect(try #require(report.value("evaluation_0", "pooled_accuracy")) > 0.95)
  }

  @Test("homo_lr_predict: most of the new patients are told rightly")
  func predict() throws {
    let place = try Workplace()
    _ = try run("homo_lr_predict", in: place)
    let predicted = try place.moira("export", "last", "predictor_0.predictions@hospital-a")
    #expect(predicted.status == 0)
    let truth = Self.folder.deletingLastPathComponent()
      .appendingPathComponent("examples/breast-cancer/new-patients-truth.csv")
    let known = try classes(String(contentsOf: truth, encoding: .utf8), column: "y")
    let told = try classes(predicted.output, column: "class")
    #expect(told.count == known.count)
    #expect(told.count { known[$0.key] == $0.value } >= known.count - 2)
  }

  /// One column of a CSV without quotes, by id.
  private func classes(_ text: String, column: String) throws -> [String: String] {
    let rows = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(rows.first)
    let (id, place) = (header.firstIndex(of: "id"), header.firstIndex(of: column))
    let (first, second) = (try #require(id), try #require(place))
    return Dictionary(uniqueKeysWithValues: rows.dropFirst().map { ($0[first], $0[second]) })
  }

  @Test("homo_lr_kfold: each of the five folds is evaluated, and together they hold every row once")
  func kFold() throws {
    let report = try run("homo_lr_kfold", in: Workplace())
    let rows = (0..<5).compactMap { report.value("evaluation_\($0)", "pooled_rows") }
    #expect(rows.count == 5)
    #expect(abs(rows.reduce(0, +) - 549) < 1e-6)
  }

  @Test("statistics: pooled figures stand beside local ones")
  func statistics() throws {
    let place = try Workplace()
    _ = try run("statistics", in: place)
    let exported = try place.moira("export", "last", "statistics_0.statistics@hospital-b")
    #expect(exported.status == 0)
    #expect(exported.output.contains("\"mean_radius\""))
    #expect(exported.output.contains("\"pooled\""))
  }

  @Test("the same pipeline gives the same model, masked, shared or neither, in bytes")
  func sameBytes() throws {
    var models: [String] = []
    let methods = ["none", "secret_sharing"].map { ["--set", "encryptor_0.method=\($0)"] }
    for options in [[], ["--parallelism", "1"]] + methods {
      let place = try Workplace()
      _ = try run("homo_lr", in: place, options)
      models.append(
        try place.moira("export", "last", "homo_lr_0.model@hospital-b", "--format", "json").output)
    }
    #expect(models[0].contains("\"weights\""))
    #expect(models[1] == models[0])
    #expect(models[2] == models[0])
    #expect(models[3] == models[0])
  }
}
