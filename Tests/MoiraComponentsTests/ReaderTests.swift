import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("Reading CSV files")
struct ReaderTests {
  private let named: [(String, ConfigValue)] = [
    ("dataset", .string("breast")), ("id", .string("id")), ("label", .string("y")),
  ]

  private func run(
    _ texts: [String], _ parameters: [(String, ConfigValue)] = []
  ) async throws -> [Table] {
    let bench = bench(texts)
    let outputs = try await bench.run(Reader.self, parameters + named)
    return try bench.clients.map { try bench.get(Table.self, outputs[$0]?["table"], at: $0) }
  }

  private func failure(
    _ texts: [String], _ parameters: [(String, ConfigValue)] = []
  ) async -> String? {
    await bench(texts).failure(Reader.self, parameters + named).map { "\($0.code): \($0.message)" }
  }

  private func bench(_ texts: [String]) -> PartBench {
    let bench = PartBench(clients: texts.count)
    for (party, text) in zip(bench.clients, texts) { bench.setText(text, at: party) }
    return bench
  }

  @Test func `a file becomes a table with id, label and features`() async throws {
    let tables = try await run(["id,y,a,b\np1,1,0.5,2\np2,0,,3\n"])
    #expect(tables[0].schema.columnNames == ["id", "y", "a", "b"])
    #expect(tables[0].labels() == [1, 0])
    #expect(tables[0].numericColumn(named: "b") == [2, 3])
    #expect(tables[0].missingCount(0) == 1)
    #expect(tables[0].id(at: 1) == "p2")
  }

  @Test func `levels are the same at all parties after reading`() async throws {
    let tables = try await run(
      ["id,y,color\n1,sick,red\n2,well,blue\n", "id,y,color\n1,well,green\n"],
      [("categorical", .list([.string("color")]))])
    for table in tables {
      #expect(table.schema.features[0].kind == .categorical(levels: ["blue", "green", "red"]))
      #expect(table.schema.label?.kind == .categorical(levels: ["sick", "well"]))
    }
    #expect(tables[0].categoricalCodes(0) == [2, 0])
    #expect(tables[1].categoricalCodes(0) == [1])
    #expect(tables[1].labels() == [1])
  }

  @Test func `parameters go over what the party registered`() async throws {
    let bench = PartBench(clients: 1)
    let options = ConfigValue.map([
      ("delimiter", .string("tab")), ("missing", .list([.string("-")])), ("header", .bool(false)),
    ])
    bench.setText("p1\t1\t-\n", at: "hospital-a", options: options)
    let names = ConfigValue.list(["id", "y", "x"].map { .string($0) })
    let outputs = try await bench.run(Reader.self, named + [("names", names)])
    let table = try bench.get(Table.self, outputs["hospital-a"]?["table"], at: "hospital-a")
    #expect(table.missingCount(0) == 1)
    let failure = await bench.failure(Reader.self, named + [("delimiter", .string(";"))])
    #expect(failure?.code == "csv-no-such-column")
  }

  @Test func `a difference names the column and both parties`() async {
    let first = "id,y,a,b\n1,1,1,1\n"
    #expect(
      await failure([first, "id,y,a\n1,1,1\n"])
        == "schema-mismatch: 'b' is at hospital-a, but not at hospital-b")
    #expect(
      await failure([first, first, "id,y,a,b,c\n1,1,1,1,1\n"])
        == "schema-mismatch: 'c' is at hospital-c, but not at hospital-a")
    #expect(
      await failure([first, "id,y,b,a\n1,1,1,1\n"])
        == "schema-mismatch: 'a' is feature 1 at hospital-a, but feature 2 at hospital-b; "
        + "1 more column differs")
    #expect(
      await failure([first, "id,y,a,b\n1,sick,1,1\n"])
        == "schema-mismatch: 'y' is numeric at hospital-a, but categorical at hospital-b")
  }

  @Test func `every party of a mismatch fails with the same words`() async throws {
    let proposals = [
      Proposal(party: "a", terms: CommonTerms(TableSchema(features: [FeatureSchema(name: "x")]))),
      Proposal(party: "b", terms: CommonTerms(TableSchema(label: LabelSchema(name: "x")))),
    ]
    guard case .failure(let failure) = joined(proposals) else {
      Issue.record("a feature is no label")
      return
    }
    #expect(failure.message == "'x' is a feature at a, but a label at b")
    let message = SchemaMessage.refused(SchemaRefusal(failure))
    #expect(try SchemaMessage(wireBytes: message.wireBytes) == message)
    guard case .refused(let refusal) = message else { return }
    #expect(refusal.failure == failure)
  }

  @Test func `agreement can be left out`() async throws {
    let tables = try await run(["id,y,a\n1,1,1\n", "id,y,b\n1,1,1\n"], [("agree", .bool(false))])
    #expect(tables.map(\.numericFeatures) == [["a"], ["b"]])
  }

  @Test(arguments: [
    (
      "id,y,a\np1,1,1\np2,0,secret\n",
      "csv-bad-cell: 'breast' at hospital-a: row 2 (line 3), column 'a' must be a number"
    ),
    (
      "id,y,a\np1,1\n",
      "csv-ragged-row: 'breast' at hospital-a: row 1 (line 2) must have 3 fields, but has 2"
    ),
    ("id,yy,a\np1,1,1\n", "csv-no-such-column: 'breast' at hospital-a: there is no column 'y'"),
    (
      "id,y,a\np1,1,1\np1,0,1\n",
      "csv-duplicate-id: 'breast' at hospital-a: rows 1 and 2 have the same id"
    ),
    (
      "id,y,a,a\np1,1,1,1\n",
      "csv-duplicate-column: 'breast' at hospital-a: two columns are named 'a'"
    ),
    (
      "id,y,a\np1,1,\"1\n",
      "csv-bad-quote: 'breast' at hospital-a: row 1 (line 2) opens a quote that is never closed"
    ),
    ("", "csv-empty: 'breast' at hospital-a: the file must have a header and rows, but is empty"),
  ])
  func `a flaw names party, row and column, never a value`(text: String, words: String) async {
    #expect(await failure([text]) == words)
  }

  @Test func `a near miss is the hint`() async {
    let bench = bench(["id,y,mean_radius\np1,1,1\n"])
    let wrong: [(String, ConfigValue)] = [("features", .list([.string("mean_radus")]))]
    #expect(
      await bench.failure(Reader.self, wrong + named)?.hint == "did you mean 'mean_radius'?")
    let far: [(String, ConfigValue)] = [("weight", .string("inverse_probability"))]
    #expect(
      await bench.failure(Reader.self, far + named)?.hint
        == "the columns are 'id', 'y', 'mean_radius'")
  }

  @Test func `parameters that contradict each other are found`() {
    #expect(
      findings(Reader.self, [])
        == ["dataset: one of 'dataset' and 'path' must be given, but neither is"])
    #expect(
      findings(Reader.self, [("dataset", .string("a")), ("path", .string("b"))])
        == ["path: only one of 'dataset' and 'path' can be given, but both are"])
    #expect(
      findings(
        Reader.self,
        [("path", .string("a")), ("id", .string("x")), ("label", .string("x"))])
        == ["label: column 'x' is the id already, and cannot be the label"])
    #expect(
      findings(Reader.self, [("path", .string("a")), ("delimiter", .string("::"))])
        == ["delimiter: 'delimiter' must be one ASCII character, but has 2 bytes"])
  }

  @Test func `the fingerprint follows content and options`() async throws {
    let reader = Catalog([Reader.self])
    #expect(reader.schemas["reader"]?.parameters["dataset"]?.kind == .dataset)
    let bench = bench(["id,y\n1,1\n"])
    let site = TestSite(bench: bench, party: "hospital-a", role: .guest, members: bench.members)
    let component = Reader()
    _ = component.bind(.map([("path", .string("x.csv"))]))
    let first = try await component.fingerprint(at: site)
    bench.setText("id,y\n1,0\n", at: "hospital-a")
    let second = try await component.fingerprint(at: site)
    bench.setText("id,y\n1,0\n", at: "hospital-a", options: .map([("header", .bool(false))]))
    let third = try await component.fingerprint(at: site)
    #expect(Set([first, second, third]).count == 3)
  }

  @Test func `cut or changed schema messages are refused, not trapped`() throws {
    var schema = TableSchema(label: LabelSchema(name: "y"))
    schema.features = [FeatureSchema(name: "c", kind: .categorical(levels: ["a", "b"]))]
    let message = SchemaMessage.proposal(CommonTerms(schema, note: "n"))
    let bytes = message.wireBytes
    #expect(try SchemaMessage(wireBytes: bytes) == message)
    for count in bytes.indices {
      #expect(throws: WireError.self) { try SchemaMessage(wireBytes: Array(bytes[..<count])) }
    }
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
      var other = bytes
      other[Int.random(in: other.indices, using: &generator)] = UInt8.random(
        in: .min ... .max, using: &generator)
      _ = try? SchemaMessage(wireBytes: other)
    }
  }

  @Test func `a decision that leaves out our levels is refused`() async throws {
    var own = TableSchema()
    own.features = [FeatureSchema(name: "c", kind: .categorical(levels: ["a", "b"]))]
    var forged = own
    forged.features[0].kind = .categorical(levels: ["a"])
    let bench = PartBench(clients: 2, arbiter: false)
    let site = TestSite(bench: bench, party: "hospital-b", role: .host, members: bench.members)
    for schema in [forged, TableSchema()] {
      let message = SchemaMessage.agreed(CommonTerms(schema))
      await bench.mail.put(message.wireBytes, from: "hospital-a", to: "hospital-b")
      let error = await #expect(throws: Failure.self) { try await agreeSchema(own, in: site) }
      #expect(error?.code == "protocol-violation")
    }
    await bench.mail.put(
      SchemaMessage.agreed(CommonTerms(own)).wireBytes, from: "hospital-a", to: "hospital-b")
    #expect(try await agreeSchema(own, in: site) == own)
  }

  @Test func `bytes that are no table are a failure with a code`() throws {
    var builder = TableBuilder(rows: 1)
    builder.addNumeric("x", [1])
    let bytes = try Table(builder.build()).artifactBytes().withBytes { Array($0) }
    let back = try Table(artifact: AlignedBytes(bytes))
    #expect(back.numericColumn(0) == [1])
    for wrong in [[], Array(bytes.dropLast()), bytes.reversed()] {
      let error = #expect(throws: Failure.self) { try Table(artifact: AlignedBytes(wrong)) }
      #expect(error?.code == "artifact-corrupt")
    }
  }
}
