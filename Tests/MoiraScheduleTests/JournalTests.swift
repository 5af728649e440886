import Foundation
import MoiraModel
import MoiraSchedule
import Testing

@Suite struct JournalTests {
  /// Version 1, as it was written; it must be read for ever.
  static let versionOne = #"""
    {"version":1,"at":1000,"event":{"kind":"submitted","id":"j","parallelism":2,"seed":7,"tasks":[{"id":"x","needs":[],"parties":["a","b"],"policy":{"backoff":{"factor":2,"initialMilliseconds":1000,"jitter":0,"limitMilliseconds":10000},"cacheable":true,"priority":0,"restartable":true,"retries":1,"timeoutMilliseconds":30000}}]}}
    {"version":1,"at":1001,"event":{"kind":"cache-answered","task":"x"}}
    {"version":1,"at":1002,"event":{"kind":"part-failed","part":{"attempt":1,"party":"a","task":"x"},"failure":{"code":"boom","isTransient":true,"message":"it went wrong"}}}
    {"version":1,"at":2002,"event":{"kind":"timer-fired","attempt":1,"purpose":"back-off","task":"x"}}
    {"version":1,"at":2003,"event":{"kind":"resumed"}}
    {"version":1,"at":2004,"event":{"kind":"part-succeeded","part":{"attempt":3,"party":"a","task":"x"},"outputs":[{"bytes":3,"hash":"1","kind":"table","port":"out"}]}}
    {"version":1,"at":2005,"event":{"kind":"stop-requested","reason":"enough"}}
    """#

  static func entries() throws -> [JournalEntry] {
    try versionOne.split(separator: "\n").map {
      try JSONDecoder().decode(JournalEntry.self, from: Data($0.utf8))
    }
  }

  @Test func `a journal of version 1 is read, and tells the story`() throws {
    let snapshot = try #require(JobMachine(replaying: try Self.entries()).snapshot)
    #expect(snapshot.state == .stopped)
    #expect(snapshot.stopReason == "enough")
    let task = try #require(snapshot.tasks.first)
    #expect(task.state == .stopped)
    #expect(task.attempt == 3)
    #expect(task.lostAttempts == 1)
    #expect(task.failures.map(\.code) == ["boom"])
    #expect(task.parts.mapValues(\.state) == ["a": .succeeded, "b": .cancelled])
  }

  @Test func `each entry is written as it is read`() throws {
    for (line, entry) in zip(Self.versionOne.split(separator: "\n"), try Self.entries()) {
      let written = try JSONSerialization.jsonObject(with: JSONEncoder().encode(entry))
      let read = try JSONSerialization.jsonObject(with: Data(line.utf8))
      #expect(written as? NSDictionary == read as? NSDictionary)
    }
  }

  @Test(arguments: [0, 2, 99]) func `an unknown version is refused by its number`(version: Int) {
    let text = #"{"version":\#(version),"at":1,"event":{"kind":"from-the-future"}}"#
    #expect(throws: UnknownJournalVersion(version: version)) {
      try JSONDecoder().decode(JournalEntry.self, from: Data(text.utf8))
    }
  }

  @Test(arguments: [
    "{}", #"{"version":1}"#, #"{"version":1,"at":1,"event":{}}"#,
    #"{"version":1,"at":1,"event":{"kind":"nonsense"}}"#,
    #"{"version":1,"at":1,"event":{"kind":"part-failed","part":{"task":"x"}}}"#,
    #"{"version":1,"at":"noon","event":{"kind":"resumed"}}"#,
  ])
  func `what is no entry is refused`(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(JournalEntry.self, from: Data(text.utf8))
    }
  }

  @Test func `a snapshot is the same after JSON`() throws {
    let snapshot = try #require(JobMachine(replaying: try Self.entries().dropLast()).snapshot)
    let text = try JSONEncoder().encode(snapshot)
    #expect(try JSONDecoder().decode(JobSnapshot.self, from: text) == snapshot)
  }
}
