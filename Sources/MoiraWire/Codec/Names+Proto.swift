internal import MoiraModel
internal import MoiraRelay
internal import MoiraSchedule

/// Why a frame is not what it should be. The connection is closed: the other end is another build, or
/// none of Moira's.
enum FrameError: Error, Hashable {
  case missing(String)
  case outOfRange(String)
}

/// Bounds of what stands in one frame; the whole frame has `HubServer.messageLimit`.
enum FrameLimits {
  /// No counter of an honest agent comes near it, and one more never overflows.
  static let number: UInt64 = 1 << 62
  /// Jobs that an agent still keeps something of, components that it has.
  static let names = 100_000
  /// Bytes of the name of a build.
  static let build = 64
  /// Bytes of what a part reports at a time.
  static let report = 4 << 20

  static func check(_ number: UInt64, _ name: String) throws(FrameError) {
    if number > Self.number { throw .outOfRange(name) }
  }
}

extension Moira_V1_OrderKey {
  init(_ key: OrderKey) {
    self.init()
    job = key.job.text
    task = key.part.task.text
    attempt = UInt32(clamping: key.part.attempt)
    party = key.part.party.text
  }

  var value: OrderKey {
    OrderKey(
      PartKey(task: TaskID(task), attempt: Int(attempt), party: PartyID(party)), of: JobID(job))
  }
}

extension Moira_V1_ArtifactReference {
  init(_ reference: ArtifactReference) {
    self.init()
    port = reference.port.text
    kind = reference.kind.text
    hash = reference.hash.text
    bytes = UInt64(clamping: reference.bytes)
  }

  var value: ArtifactReference {
    ArtifactReference(
      port: PortName(port), kind: ArtifactKind(kind), hash: ContentHash(hash),
      bytes: Int(clamping: bytes))
  }
}

extension Moira_V1_Failure {
  /// Of a failure that crosses to others: what lies beneath stays where it is.
  init(_ failure: Failure) {
    self.init()
    code = failure.code
    message = failure.message
    if let hint = failure.hint { self.hint = hint }
    if let task = failure.task { self.task = task.text }
    if let attempt = failure.attempt { self.attempt = UInt32(clamping: attempt) }
    if let party = failure.party { self.party = party.text }
    isTransient = failure.isTransient
  }

  var value: Failure {
    var failure = Failure(
      code, message, hint: hasHint ? hint : nil, isTransient: isTransient)
    failure.task = hasTask ? TaskID(task) : nil
    failure.attempt = hasAttempt ? Int(attempt) : nil
    failure.party = hasParty ? PartyID(party) : nil
    return failure
  }
}

extension Moira_V1_LaneAddress {
  init(_ address: LaneAddress) {
    self.init()
    job = address.job.text
    task = address.task.text
    attempt = UInt32(clamping: address.attempt)
    from = address.from.text
    to = address.to.text
  }

  var value: LaneAddress {
    LaneAddress(
      job: JobID(job), task: TaskID(task), attempt: Int(attempt), from: PartyID(from),
      to: PartyID(to))
  }
}
