import MoiraConfig
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraFlow

@Suite struct OutputTextTests {
  private func predictions(
    _ scores: [[Double]], levels: [String], codes: [Int32], labels: [Double]?
  ) throws -> Table {
    var builder = TableBuilder(rows: codes.count)
    builder.setID("id", codes.indices.map { "p\($0)" })
    if let labels { builder.setLabel("y", labels, kind: .numeric) }
    if scores.count == 1 {
      builder.addNumeric("probability", scores[0])
    } else {
      for (level, column) in zip(levels, scores) {
        builder.addNumeric("probability_\(level)", column)
      }
    }
    builder.addCategorical("class", levels: levels, codes: codes)
    return try Table(builder.build())
  }

  private func lines(_ text: OutputText) -> [String] {
    String(decoding: text.csv, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func predictionsOfTwoClassesHaveFATEsColumns() throws {
    let table = try predictions(
      [[0.25, 0.75]], levels: ["0", "1"], codes: [0, 1], labels: [1, 0])
    #expect(
      lines(OutputText(table, key: "train_output_data", isPrediction: true)) == [
        "id,label,predict_result,predict_score,predict_detail,type",
        "p0,1,0,0.25,\"{'0': 0.75, '1': 0.25}\",train",
        "p1,0,1,0.75,\"{'0': 0.25, '1': 0.75}\",train",
      ])
  }

  @Test func predictionsOfManyClassesShowTheLikeliest() throws {
    let table = try predictions(
      [[0.5], [0.125], [0.375]], levels: ["a", "b", "c"], codes: [0], labels: nil)
    #expect(
      lines(OutputText(table, key: "test_output_data", isPrediction: true)) == [
        "id,predict_result,predict_score,predict_detail,type",
        "p0,a,0.5,\"{'a': 0.5, 'b': 0.125, 'c': 0.375}\",test",
      ])
  }

  @Test func otherTablesAreTheirOwnCSV() throws {
    let table = try predictions([[0.25]], levels: ["0", "1"], codes: [0], labels: [1])
    let text = OutputText(table, key: "output_data", isPrediction: false)
    #expect(text.header == ["id", "y", "probability", "class"])
    #expect(lines(text) == ["id,y,probability,class", "p0,1,0.25,0"])
    #expect(text.shown == .list([.list(["p0", "1", "0.25", "0"].map { .string($0) })]))
  }
}

@Suite struct OutputNameTests {
  @Test func aNameSaysWhereTheOutputLies() throws {
    let name = try #require(
      OutputName(namespace: "output_data_2026", name: "guest/9999/lr_0/train_output_data"))
    #expect(name.job == "2026")
    #expect(name.task == "lr_0")
    #expect(name.namespace == "output_data_2026")
    #expect(name.name == "guest/9999/lr_0/train_output_data")
    #expect(OutputName(namespace: "upload", name: "guest/9999/lr_0/x") == nil)
    #expect(OutputName(namespace: "output_data_1", name: "guest/9999/lr_0") == nil)
  }
}

@Suite struct RouteTests {
  @Test func everyRouteIsFoundByItsPathAndMethod() {
    for route in FlowRoute.allCases {
      #expect(FlowRoute.byPath[route.path]?[route.method] == route)
      #expect(route.path.hasPrefix("/v2/"))
      #expect(["GET", "POST"].contains(route.method))
    }
  }

  @Test func whatChangesAppsAndPermissionsIsForAdministrators() {
    for route in FlowRoute.allCases
    where route.path.contains("/app/") || route.path.contains("/permission/") {
      #expect(route.isAdministrative)
    }
    #expect(!FlowRoute.jobSubmit.isAdministrative)
  }

  @Test func aModelsNameInAnArchiveIsOneThatCanBeTakenIn() throws {
    let model = FiledModel(
      id: "m", version: "0", role: "guest", party: "9999", member: "9999", task: "lr_0",
      key: "output_model", hash: ContentHash(""))
    let read = try #require(FiledModel(path: model.path, id: "n", version: "1"))
    #expect(read.documentKey == "n/1/guest/9999/lr_0/output_model")
    for path in ["a/b/../c/d.json", "a/b/c/d/e", "a/b/c/d.json", "a/b/.x/c/d.json", "//x/y/.json"] {
      #expect(FiledModel(path: path, id: "n", version: "1") == nil, "\(path)")
    }
  }
}
