import ArgumentParser
import Foundation
import MoiraModel
import MoiraStorage

/// Where the state lies: journal, artifacts, locks.
struct HomeOptions: ParsableArguments {
  @Option(
    help: "The folder of journal and artifacts; by default $MOIRA_HOME, else '.moira' here.",
    completion: .directory)
  var home: String?

  var folder: Home {
    home.map { Home(path: $0) } ?? Self.standard
  }
}

extension HomeOptions {
  /// The home that is meant where none is named.
  static var standard: Home {
    let set = ProcessInfo.processInfo.environment["MOIRA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return Home(path: set ?? ".moira")
  }
}

/// The paths below the home.
struct Home: Sendable {
  let path: String

  /// Of jobs of a hub: what they made lies at their parties.
  static let elsewhere = Home(path: "")
  var isElsewhere: Bool { path.isEmpty }

  var database: String { "\(path)/moira.sqlite" }
  var parties: String { "\(path)/parties" }
  func artifacts(of party: PartyID) -> String { "\(parties)/\(party)" }
  /// The party's long-term key; the agent's user alone may read it.
  func identity(of party: PartyID) -> String { "\(parties)/\(party)/identity.key" }
  /// Held by the process that runs the job.
  func lock(of job: JobID) -> String { "\(path)/jobs/\(job).lock" }
  /// Written by `moira stop`; its text is the reason.
  func stopRequest(of job: JobID) -> String { "\(path)/jobs/\(job).stop" }

  /// What an agent must not forget, where this is the state of one.
  var agentDatabase: String { "\(path)/agent.sqlite" }
  /// - Throws: `agent-locked` while another process has it; `storage-unwritable`.
  func lockAgent(of name: String, hint: String) throws -> FileLock {
    guard let lock = try FileLock.acquire("\(path)/agent.lock") else {
      throw Failure("agent-locked", "another process is the agent of '\(name)'", hint: hint)
    }
    return lock
  }

  var isOfAgent: Bool { FileManager.default.fileExists(atPath: agentDatabase) }

  var exists: Bool { FileManager.default.fileExists(atPath: database) }

  /// - Throws: `storage-unwritable`.
  func make() throws(Failure) {
    do {
      try FileManager.default.createDirectory(
        atPath: "\(path)/jobs", withIntermediateDirectories: true)
    } catch {
      throw Failure(
        "storage-unwritable", "the folder '\(path)' cannot be made",
        hint: "'--home' names another one", cause: "\(error)")
    }
  }
}
