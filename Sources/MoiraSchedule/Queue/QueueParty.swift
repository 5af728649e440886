import MoiraModel

/// What a party has, and what of it running jobs hold.
struct QueueParty: Sendable {
  let id: PartyID
  /// nil: away, or gone.
  var capacity: PartyCapacity?
  var slotsTaken = 0
  var memoryTaken = 0
  /// Lines and running jobs that name it.
  var users = 0
  /// Who keeps its next free places, as of the last look.
  var keeper: Kept?

  /// Places that are kept.
  struct Kept: Hashable, Sendable {
    let job: JobID
    let need: QueueNeed
  }

  /// Whether it could ever run that, whoever else must end first.
  func couldRun(_ need: QueueNeed) -> Bool {
    guard let capacity else { return false }
    return need.slots <= capacity.slots && need.memory <= capacity.memory
  }

  func hasRoom(for need: QueueNeed) -> Bool { hasRoom(for: need, beside: QueueNeed(slots: 0)) }

  /// Whether there is room beside the places that are kept.
  func hasUnkeptRoom(for need: QueueNeed) -> Bool {
    hasRoom(for: need, beside: keeper?.need ?? QueueNeed(slots: 0))
  }

  /// What is not asked for may be short.
  private func hasRoom(for need: QueueNeed, beside kept: QueueNeed) -> Bool {
    guard let capacity else { return false }
    return (need.slots == 0 || need.slots + kept.slots + slotsTaken <= capacity.slots)
      && (need.memory == 0 || need.memory + kept.memory + memoryTaken <= capacity.memory)
  }

  mutating func take(_ need: QueueNeed) {
    slotsTaken += need.slots
    memoryTaken += need.memory
  }

  mutating func giveBack(_ need: QueueNeed) {
    slotsTaken -= need.slots
    memoryTaken -= need.memory
  }

  /// Why it cannot run that now.
  func obstacle(to need: QueueNeed) -> QueueReason? {
    guard let capacity else { return .partyAway(id) }
    if need.slots > capacity.slots {
      return .tooFewSlots(id, has: capacity.slots, needed: need.slots)
    }
    if need.memory > capacity.memory {
      return .tooLittleMemory(id, has: capacity.memory, needed: need.memory)
    }
    if hasRoom(for: need) { return nil }
    return hasRoom(for: QueueNeed(slots: need.slots))
      ? .memoryTaken(id, taken: memoryTaken, of: capacity.memory, needed: need.memory)
      : .slotsTaken(id, taken: slotsTaken, of: capacity.slots, needed: need.slots)
  }
}
