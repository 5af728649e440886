import MoiraModel
import MoiraRuntime
import Testing

@Suite struct MetricsTests {
  @Test func `the whole text is this`() throws {
    let metrics = ServiceMetrics()
    let sent = metrics.counter("moira_sent_total", "Messages sent.", labels: ["party", "kind"])
    let open = metrics.gauge("moira_open", "Jobs that are open.")
    let waits = metrics.histogram(
      "moira_wait_seconds", "Waits.", bounds: [0.5, 2], labels: ["hub"])
    sent.add(2, "hospital-b", "data")
    sent.add(1, "hospital-a", "data")
    sent.add(40, "hospital-b", "data")
    open.add(3)
    open.add(-0.5)
    for wait in [0.25, 0.5, 1, 9] { waits.observe(wait, "h") }
    let expected = """
      # HELP moira_open Jobs that are open.
      # TYPE moira_open gauge
      moira_open 2.5
      # HELP moira_sent_total Messages sent.
      # TYPE moira_sent_total counter
      moira_sent_total{party="hospital-a",kind="data"} 1
      moira_sent_total{party="hospital-b",kind="data"} 42
      # HELP moira_wait_seconds Waits.
      # TYPE moira_wait_seconds histogram
      moira_wait_seconds_bucket{hub="h",le="0.5"} 2
      moira_wait_seconds_bucket{hub="h",le="2"} 3
      moira_wait_seconds_bucket{hub="h",le="+Inf"} 4
      moira_wait_seconds_sum{hub="h"} 10.75
      moira_wait_seconds_count{hub="h"} 4

      """
    #expect(metrics.text() == expected)
    _ = try Exposition(expected)
  }

  @Test func `the reader of these tests refuses what the format does not allow`() {
    let head = "# HELP a b\n# TYPE a counter\n"
    for wrong in [
      "a 1", head + "a 1\na 2\n", head + "b 1\n", head + "a{x=\"1} 1\n", head + "a{x=\"\\q\"} 1\n",
      head + "a{x=\"1\",x=\"2\"} 1\n", head + "a one\n", head + "a  1\n", head + head,
      head + "# HELP b c\n# TYPE b gauge\nb 1\n# HELP a b\n", head + "a{1x=\"\"} 1\n", "\n",
      "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
    ] {
      #expect(throws: Exposition.Fault.self, "\(wrong)") { try Exposition(wrong) }
    }
  }

  @Test(arguments: [
    "\"", "\\", "\n", "\\n", "\\\"", "a\nb{c=\"d\"} 5\n# TYPE x gauge", "\r\n", "\u{0}", "é",
    "e\u{301}",
    "\u{2028}", "}", ",", "",
  ])
  func `a hostile value comes back as it was, in a line of its own`(value: String) throws {
    let metrics = ServiceMetrics()
    let counter = metrics.counter("x_total", "Say \"hi\" \\ and\ngo.", labels: ["from"])
    counter.add(7, value)
    let read = try Exposition(metrics.text())
    #expect(read["x_total", ["from": value]] == 7)
    #expect(read.samples.count == 1)
    #expect(read.helps["x_total"] == "Say \"hi\" \\\\ and\\ngo.")
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `whatever the values, the text can be read and holds the counts`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("ab\"\\\n,{}=# \r\t\u{7F}é🜁".unicodeScalars)
    let metrics = ServiceMetrics()
    let counter = metrics.counter("c_total", "C.", labels: ["a", "b"])
    let histogram = metrics.histogram("h", "H.", bounds: [-1, 0, 1e-7, 1e21], labels: ["a"])
    var counts: [[String]: Int] = [:]
    for _ in 0..<200 {
      let values = (0..<2).map { _ in
        let length = Int.random(in: 0...2, using: &generator)
        return String(
          String.UnicodeScalarView(
            (0..<length).map { _ in alphabet.randomElement(using: &generator)! }))
      }
      counter.add(3, values[0], values[1])
      histogram.observe(.random(in: -2...2, using: &generator), values[0])
      counts[values, default: 0] += 3
    }
    let read = try Exposition(metrics.text())
    for (values, count) in counts {
      #expect(read["c_total", ["a": values[0], "b": values[1]]] == Double(count))
    }
    #expect(read.samples.filter { $0.name == "c_total" }.count == counts.count)
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1e300, "1e+300"), (0.1, "0.1"), (1e-7, "1e-07"), (.infinity, "+Inf"),
    (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992"),
  ])
  func `numbers are as the format has them`(value: Double, text: String) {
    let metrics = ServiceMetrics()
    metrics.gauge("g", "G.").set(value)
    #expect(metrics.text().hasSuffix("\ng \(text)\n"))
    #expect(throws: Never.self) { try Exposition(metrics.text()) }
  }

  @Test func `a peer that invents names cannot make the text grow`() throws {
    let metrics = ServiceMetrics()
    let counter = metrics.counter("c_total", "C.", labels: ["from"])
    let gauge = metrics.gauge("g", "G.", labels: ["from"])
    for number in 0..<3 * ServiceMetrics.seriesLimit {
      let name = "\(number)-" + String(repeating: "é", count: 5000)
      counter.add(1, name)
      gauge.set(1, name)
    }
    let read = try Exposition(metrics.text())
    let limit = ServiceMetrics.seriesLimit
    #expect(read.samples.count { $0.name == "c_total" } == limit + 1)
    #expect(read.samples.count { $0.name == "g" } == limit)
    // No count is lost, and what was refused is told.
    #expect(read["c_total", ["from": "(other)"]] == Double(2 * limit))
    for name in ["c_total", "g"] {
      #expect(
        read["moira_metrics_label_sets_refused_total", ["metric": name]] == Double(2 * limit))
    }
    #expect(metrics.text().utf8.count < 2 * limit * (ServiceMetrics.labelLimit + 32))
  }

  @Test func `a gauge that was removed is gone, and leaves its place to another`() throws {
    let metrics = ServiceMetrics()
    let gauge = metrics.gauge("g", "G.", labels: ["party"])
    for round in 0..<5 * ServiceMetrics.seriesLimit {
      gauge.set(Double(round), "p\(round)")
      gauge.remove("p\(round - 2)")
    }
    let read = try Exposition(metrics.text())
    #expect(read.samples.map(\.value) == [4998, 4999])
  }

  @Test func `the same declaration is the same metric`() {
    let metrics = ServiceMetrics()
    metrics.counter("c_total", "C.").add(1)
    metrics.counter("c_total", "C.").add(1)
    #expect(metrics.text().hasSuffix("c_total 2\n"))
  }

  @Test func `counts from many tasks at once are all there`() async throws {
    let metrics = ServiceMetrics()
    let counter = metrics.counter("c_total", "C.", labels: ["who"])
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask { for _ in 0..<1000 { counter.add(1, "\(task % 2)") } }
      }
    }
    let read = try Exposition(metrics.text())
    #expect(read["c_total", ["who": "0"]] == 4000)
    #expect(read["c_total", ["who": "1"]] == 4000)
  }
}
