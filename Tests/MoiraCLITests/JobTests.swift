import Foundation
import Testing

/// A job from its template to its export, as processes; one process at a time.
@Suite(.serialized) struct JobTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func start() throws {
    #expect(try place.moira("init", "homo_lr", "--with-data").status == 0)
  }

  @Test func aTemplateWithItsDataRunsAtOnceAndItsResultsCanBeTakenOut() throws {
    try start()
    let run = try place.moira("run", "homo_lr.yaml", "--set", "homo_lr_0.epochs=3")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("secure aggregation"))
    #expect(run.output.contains("moira show "))
    #expect(!run.output.contains("\u{1B}"))

    let table = try place.moira("export", "last", "split_0.test@hospital-b")
    #expect(table.lines.first?.hasPrefix("id,y,mean_radius") == true)
    let model = try place.moira("export", "last", "homo_lr_0.model@hospital-a")
    let json = try JSONSerialization.jsonObject(with: Data(model.output.utf8)) as? [String: Any]
    #expect(json?["kind"] as? String == "model")
    let secret = try place.moira("export", "last", "encryptor_0.protection@hospital-a")
    #expect(secret.status == 77)
    #expect(secret.output == "")
    #expect(secret.errors.contains("[artifact-secret]"))

    let predicted = try place.moira("predict", "last", "--dataset", "new-patients")
    #expect(predicted.status == 0, "\(predicted.errors)")
    #expect(predicted.lines.count == 21)
  }

  @Test func aRerunReusesWhatDidNotChangeAndShowsWhatItMeasured() throws {
    try start()
    #expect(try place.moira("run", "homo_lr.yaml").status == 0)
    let again = try place.moira("rerun", "last", "--format", "json")
    let states = try tasks(again)
    #expect(states["homo_lr_0"] == "reused")
    #expect(states["encryptor_0"] == "succeeded")
    #expect(again.output.contains("pooled_auc"))
    let changed = try tasks(
      try place.moira("rerun", "last", "--set", "homo_lr_0.epochs=2", "--format", "json"))
    #expect(changed["scale_0"] == "reused")
    #expect(changed["homo_lr_0"] == "succeeded")
    let from = try tasks(try place.moira("rerun", "last", "--from", "scale_0", "--format", "json"))
    #expect(from["split_0"] == "reused")
    #expect(from["scale_0"] == "succeeded")
    let jobs = try place.moira("jobs")
    #expect(jobs.lines.count == 5)
    #expect(try place.moira("gc", "--keep", "1").status == 0)
    #expect(try place.moira("jobs").lines.count == 2)
  }

  private func tasks(_ outcome: Outcome) throws -> [String: String] {
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let tasks = json?["tasks"] as? [[String: Any]] ?? []
    return Dictionary(
      tasks.compactMap { task in
        guard let id = task["task"] as? String, let state = task["state"] as? String else {
          return nil
        }
        return (id, state)
      }, uniquingKeysWith: { $1 })
  }

  @Test func aJobThatWasKilledIsResumedWithoutRunningAgainWhatWasDone() throws {
    try start()
    let process = place.process([
      "run", "homo_lr.yaml", "--set", "homo_lr_0.epochs=100",
    ])
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var seen = ""
    while !seen.contains(/homo_lr_0 +running/) {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { break }
      seen += String(decoding: data, as: UTF8.self)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()

    #expect(try place.moira("jobs").output.contains("interrupted"))
    let resumed = try place.moira("resume", "last", "--format", "json")
    #expect(resumed.status == 0, "\(resumed.output) \(resumed.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(resumed.output.utf8)) as? [String: Any]
    let tasks = json?["tasks"] as? [[String: Any]] ?? []
    let attempts = tasks.map { ($0["task"] as? String ?? "", $0["attempt"] as? Int ?? 0) }
    #expect(attempts.first { $0.0 == "reader_0" }?.1 == 1)
    #expect(attempts.first { $0.0 == "homo_lr_0" }?.1 == 2)
    #expect(try place.moira("resume", "last").errors.contains("[job-ended]"))
  }

  @Test func anInterruptedJobStopsAndSaysSo() throws {
    try start()
    let process = place.process(["run", "homo_lr.yaml", "--set", "homo_lr_0.epochs=3000"])
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var seen = ""
    var isAsked = false
    while true {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { break }
      seen += String(decoding: data, as: UTF8.self)
      if !isAsked, seen.contains(/homo_lr_0 +running/) {
        isAsked = true
        process.interrupt()
      }
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(seen.contains(": interrupted"))
    #expect(try place.moira("show", "last").output.contains("stopped"))
  }

  @Test func partiesAndDatasetsAreRegisteredByCommands() throws {
    try place.write("id,x\n1,2\n2,3\n", to: "d.csv")
    #expect(try place.moira("party", "init", "lab-1").status == 0)
    #expect(try place.moira("party", "init", "lab-1").status == 77)
    #expect(try place.moira("party", "dataset", "add", "d", "d.csv").status == 0)
    #expect(try place.moira("party", "dataset", "add", "d", "d.csv").status == 65)
    #expect(try place.moira("party", "show", "lab-1").output.contains("2 rows, 2 columns"))
    #expect(try place.moira("party", "list").output.contains("lab-1"))
    #expect(!place.exists(".moira"))
  }
}
