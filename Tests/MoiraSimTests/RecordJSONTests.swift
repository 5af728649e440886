import MoiraKit
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import Testing

/// What agents tell the hub, as it is written into messages.
@Suite struct RecordJSONTests {
  @Test func metricsThatAreNoFiniteNumbersReachTheHub() throws {
    let report = PartReport(
      part: PartKey(task: "homo_lr_0", attempt: 1, party: "a"), at: Instant(milliseconds: 1),
      report: .metrics(step: 3, values: ["auc": .nan, "loss": .infinity, "least": -.infinity]))
    let told = [report, report].relayed
    let both = try [PartReport](relayed: told)
    let read = try #require(both.last)
    #expect(both.count == 2 && both.relayed == told)
    guard case .metrics(let step, let values) = read.report else {
      Issue.record("\(read)")
      return
    }
    #expect(step == 3 && read.part == report.part && read.at == report.at)
    #expect(values["auc"]?.isNaN == true)
    #expect(values["loss"] == .infinity && values["least"] == -.infinity)
  }
}

extension RecordJSONTests {
  @Test func bytesAreWrittenAsOneText() throws {
    for bytes in [[], [0], [251, 255, 0, 62], [UInt8](0...255)] as [[UInt8]] {
      let text = try RecordJSON.text(RecordBytes(bytes))
      #expect(text.hasPrefix("\"") && text.utf8.count <= (bytes.count + 2) / 3 * 4 + 2)
      #expect(try RecordJSON.value(RecordBytes.self, text).bytes == bytes)
    }
    #expect(throws: (any Error).self) { try RecordJSON.value(RecordBytes.self, "[1,2]") }
  }
}
