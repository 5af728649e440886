import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// Short words for the names that the tests of the machines use.
let job: JobID = "j"

func key(_ seat: PartyID = "a", _ attempt: Int = 1, of job: JobID = "j") -> OrderKey {
  OrderKey(PartKey(task: "t", attempt: attempt, party: seat), of: job)
}

func order(_ seat: PartyID = "a", _ attempt: Int = 1, of job: JobID = "j") -> StartOrder {
  StartOrder(key: key(seat, attempt, of: job), inputs: [:], absent: [])
}

func lane(_ from: PartyID = "a", _ to: PartyID = "b", _ attempt: Int = 1) -> LaneAddress {
  LaneAddress(job: job, task: "t", attempt: attempt, from: from, to: to)
}

func letter(_ number: UInt64, _ address: LaneAddress = lane(), ends: Bool = true) -> Letter {
  Letter(address: address, number: number, endsMessage: ends, sealed: [UInt8(number % 256)])
}

func receipt(_ next: UInt64, limit: UInt64? = nil, _ address: LaneAddress = lane()) -> Receipt {
  Receipt(address: address, next: next, limit: limit ?? next + LaneLimits.window)
}

let closed = Receipt(address: lane(), next: Receipt.closed, limit: Receipt.closed)
let granted = Consent(refusals: [])
let done = PartEnd.succeeded(outputs: [], absent: nil)

extension Collection {
  /// The numbers of letters.
  func numbers() -> [UInt64] where Element == Letter { map(\.number) }
}

func letter(_ number: UInt64, _ address: LaneAddress = lane(), sealed: [UInt8]) -> Letter {
  Letter(address: address, number: number, endsMessage: true, sealed: sealed)
}
