import MoiraCrypto
import MoiraModel
import MoiraRuntime
import MoiraWire

/// Looks at a member's keys while its process runs: a renewed certificate, and the key that it is for,
/// count without a restart.
struct KeyWatch: Sendable {
  /// How often the files are looked at.
  static let interval = Duration.seconds(1)

  let keys: MemberFolder
  let identity: IdentityPublicKey
  let trust: MemberTrust
  let clock: any WallClock
  /// What the files were when the process read them.
  let first: [String]

  /// Watches until cancelled. Files that are wrong or gone change nothing, and are told once. They are
  /// looked at when they have stood for one interval: there are three of them, put there one by one.
  ///
  /// - Throws: `CancellationError`.
  func run(
    took: @Sendable (Member) async -> Void, failed: @Sendable (Failure) -> Void
  ) async throws {
    var last = first
    var isKnown = true
    while true {
      try await Task.sleep(for: Self.interval)
      let stamp = keys.stamp
      if stamp != last {
        (last, isKnown) = (stamp, false)
        continue
      }
      if isKnown { continue }
      isKnown = true
      do throws(Failure) {
        let renewed = try keys.credentials(identity: identity, at: clock.now())
        if try trust.replace(renewed) { await took(renewed.member) }
      } catch {
        failed(
          Failure(
            error.code, "the keys as they are now do not count: \(error.message)",
            hint: error.hint, cause: error.cause))
      }
    }
  }
}

extension Member {
  /// For the log.
  var renewal: String { "a renewed certificate, valid until \(notAfter)" }
}
