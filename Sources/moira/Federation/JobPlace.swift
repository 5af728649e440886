import MoiraModel
import MoiraRuntime
import MoiraWire

/// Where jobs are looked up: on this machine, or at a hub.
struct JobPlace {
  let home: Home
  let hub: HubAccess?
  let store: any JobStore

  init(_ home: HomeOptions, _ hub: HubOptions) throws(Failure) {
    self.hub = try hub.access(besides: home)
    if let access = self.hub {
      self.home = .elsewhere
      store = HubJobStore(access.client)
    } else {
      self.home = home.folder
      store = try Composition(home: home.folder).storeForReading()
    }
  }

  /// This machine.
  init(_ store: any JobStore, at home: Home) {
    self.home = home
    self.store = store
    hub = nil
  }

  /// Whether somebody runs the job: a hub runs all of its own.
  func isRunning(_ record: JobRecord) -> Bool {
    hub == nil ? JobLock.isHeld(record.id, home: home) : !record.state.isFinal
  }
}
