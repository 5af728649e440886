import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraYAML
import Testing

@Suite struct PartyProfileTests {
  func profile(_ text: String) throws -> PartyProfile {
    try PartyProfile(reading: readYAML(text, file: "party.yaml"))
  }

  /// Everything wrong, as `line:column code message (hint)`.
  func faults(_ text: String) throws -> [String] {
    do {
      _ = try profile(text)
      return []
    } catch let diagnostics as Diagnostics {
      return diagnostics.sorted.map { one in
        let place = one.site.map { "\($0.line):\($0.column)" } ?? "-"
        return "\(place) \(one.code) \(one.message)" + (one.hint.map { " (\($0))" } ?? "")
      }
    }
  }

  @Test("Datasets keep their order, and options their defaults")
  func reading() throws {
    let profile = try profile(
      """
      id: hospital-a
      datasets:
        breast:
          path: ../breast.csv
          delimiter: ";"
          header: false
          missing: ["", -9]
        digits: /data/digits.csv.gz
      """)
    #expect(profile.id == "hospital-a")
    #expect(profile.datasets.map(\.name) == ["breast", "digits"])
    #expect(profile["breast"]?.path == "../breast.csv")
    #expect(profile["breast"]?.site == Site(file: "party.yaml", line: 3, column: 3))
    let breast = ReadingOptions(try #require(profile["breast"]).options)
    #expect(breast.delimiter == ";")
    #expect(!breast.header)
    #expect(breast.missing == ["", "-9"])
    #expect(breast.quote == "\"")
    #expect(profile["digits"]?.path == "/data/digits.csv.gz")
    let digits = ReadingOptions(try #require(profile["digits"]).options)
    #expect(digits.delimiter == ",")
    #expect(digits.header)
    #expect(digits.missing == ["", "NA", "NaN", "nan", "null", "?"])
  }

  @Test(
    "A party may have no data",
    arguments: ["id: hub", "id: hub\ndatasets: {}", "id: 9999\ndatasets:"])
  func noData(_ text: String) throws {
    #expect(try profile(text).datasets.isEmpty)
  }

  @Test("Everything wrong is found in one reading")
  func faults() throws {
    let found = try faults(
      """
      datasetz: {}
      datasets:
        breast:
          pth: b.csv
          header: 3
        "a b": x.csv
        wide: {path: w.csv, delimiter: ";;"}
        same: {path: s.csv, quote: ","}
        empty:
      """)
    #expect(
      found
        == [
          "1:1 key-unknown 'datasetz' is not a key of a party's file (did you mean 'datasets'?)",
          "1:1 party-name a party must be named by its 'id' (id: hospital-a)",
          "4:5 param-unknown 'pth' is not a parameter of the dataset 'breast' (did you mean 'path'?)",
          "4:5 param-missing the dataset 'breast' needs the parameter 'path' (path: The CSV file, plain or gzip: relative to the party's folder, or absolute.)",
          "5:13 param-type 'header' must be true or false, but is 3",
          "6:3 dataset-name 'a b' is not a name for a dataset (letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most)",
          "7:34 param-out-of-range 'delimiter' must be one ASCII character, but is ';;'",
          "8:30 param-out-of-range 'delimiter' and 'quote' must differ, but both are ','",
          "9:9 param-missing the dataset 'empty' needs the parameter 'path' (path: The CSV file, plain or gzip: relative to the party's folder, or absolute.)",
        ])
  }

  @Test(
    "What is no party's file is said to be none",
    arguments: ["- a", "text", "", "id: ../x", "id: [a]"])
  func forms(_ text: String) throws {
    let found = try faults(text)
    #expect(found.count == 1, "\(found)")
    #expect(found.allSatisfy { $0.contains("party-form") || $0.contains("party-name") })
  }
}

@Suite struct PartyProfileEditingTests {
  func profile(_ text: String) throws -> PartyProfile {
    try PartyProfile(reading: readYAML(text, file: "party.yaml"))
  }

  @Test(
    "A new party's file reads as that party", arguments: ["hub", "9999", "a.b-c_d", "null", "1e3"])
  func newText(_ id: String) throws {
    let text = PartyProfile.newText(id: id)
    let profile = try profile(text)
    #expect(profile.id.text == id)
    #expect(profile.datasets.isEmpty)
    let more = try #require(PartyProfile.adding(dataset: "one", path: "one.csv", to: text))
    #expect(try self.profile(more).datasets.map(\.name) == ["one"])
    for line in text.split(separator: "\n") where line.hasPrefix("#") {
      #expect(more.contains(line))
    }
  }

  @Test(
    "A dataset is added below the others, and every other line stays",
    arguments: [
      "id: a\n",
      "id: a",
      "id: a\ndatasets:\n",
      "id: a\ndatasets: {}  # none yet\n",
      "id: a\ndatasets: ~\n# the end\n",
      "# top\nid: a\n\ndatasets:   # all\n  old:\n    path: old.csv\n    # delimiter: x\n\n  # between\n  two: 2.csv\n    # deep\n\n# bottom\n",
      "datasets:\n    old: {path: x.csv}\nid: a\n",
      "---\ndatasets:\n old: x.csv\n\n\nid: a",
      "id: a\r\ndatasets:\r\n  old: x.csv\r\n",
      "\"datasets\" : {}\nid: a\n",
    ])
  func adding(_ text: String) throws {
    let before = try profile(text)
    let after = try #require(PartyProfile.adding(dataset: "new", path: "../d/new.csv", to: text))
    let read = try profile(after)
    #expect(read.id == before.id)
    #expect(read.datasets.map(\.name) == before.datasets.map(\.name) + ["new"])
    #expect(read["new"]?.path == "../d/new.csv")
    for entry in before.datasets { #expect(read[entry.name]?.path == entry.path) }
    let kept = Set(after.split(whereSeparator: \.isNewline))
    for line in text.split(whereSeparator: \.isNewline) where !line.contains("datasets") {
      #expect(kept.contains(line))
    }
    for comment in ["# none yet", "# all", "# bottom", "# deep"] where text.contains(comment) {
      #expect(after.contains(comment))
    }
    let again = try #require(PartyProfile.adding(dataset: "more", path: "m.csv", to: after))
    #expect(
      try profile(again).datasets.map(\.name) == before.datasets.map(\.name) + ["new", "more"])
  }

  @Test("The edit is the two lines that a person would have written")
  func exactText() {
    let text = "id: a\ndatasets:\n  old:\n    path: old.csv\n    # its comment\n\n# bottom\n"
    #expect(
      PartyProfile.adding(dataset: "new", path: "new.csv", to: text)
        == "id: a\ndatasets:\n  old:\n    path: old.csv\n    # its comment\n  new:\n    path: new.csv\n\n# bottom\n"
    )
  }

  @Test(
    "Paths and names come back whatever is in them",
    arguments: [
      "a b.csv", "c:\\data\\x.csv", "#no.csv", "it's \"x\".csv", "tab\there", "null", "1.5", "~/x",
      "-",
      "ä/ö.csv", "a: b", "[x]", "line\nbreak", ".inf", "./x", "\u{1}",
    ])
  func quoting(_ path: String) throws {
    let text = try #require(PartyProfile.adding(dataset: "d", path: path, to: "id: a\n"))
    #expect(try profile(text)["d"]?.path == path)
  }

  @Test(
    "A layout that is not understood is left alone",
    arguments: [
      "{id: a, datasets: {}}", "id: a\ndatasets: {x: y.csv}\n", "id: a\ndatasets: {\n  x: y }\n",
      "id: a\ndatasets: &all\n  x: y\n", "id: a\n...\n", "id: a\n---\nid: b\n",
    ])
  func refused(_ text: String) {
    #expect(PartyProfile.adding(dataset: "d", path: "p", to: text) == nil)
  }

  @Test("A name that is there already is found by reading the edited text")
  func duplicate() throws {
    let text = try #require(
      PartyProfile.adding(dataset: "d", path: "p", to: "id: a\ndatasets:\n  d: x\n"))
    #expect(throws: Diagnostics.self) { try profile(text) }
  }
}
