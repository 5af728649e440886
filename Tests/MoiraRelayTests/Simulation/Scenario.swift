import MoiraModel
import MoiraRelay
import MoiraSchedule

/// What is to be done in a world, and what stands in its way: all of it follows from the seed.
struct Scenario {
  let parties: [PartyID]
  private(set) var jobs: [SimulatedJob] = []
  let faults: FaultPlan

  init(seed: UInt64) throws {
    var generator = SeededGenerator(seed: mix64(seed ^ 0x5CE_AA10))
    let names: [PartyID] = ["a", "b", "c", "d"]
    parties = Array(names.prefix(generator.chance(0.2) ? 4 : .random(in: 2...3, using: &generator)))
    faults = FaultPlan(seed: seed, &generator)
    let count = generator.chance(0.7) ? 1 : Int.random(in: 2...3, using: &generator)
    for number in 0..<count {
      jobs.append(try SimulatedJob(number, parties, &generator))
    }
  }
}

/// What goes wrong, how often, and until when.
struct FaultPlan {
  /// Of single messages.
  var drop = 0.0
  var duplicate = 0.0
  var overtake = 0.0
  /// How often, relative to one another.
  var cuts = 0
  var partitions = 0
  var agentCrashes = 0
  var hubCrashes = 0
  var allCrash = 0
  /// The chance of a crash right after something was kept, before what follows from it.
  var crashAfterKeeping = 0.0
  /// The mean time between faults, in milliseconds.
  var pause: Int64 = 1500
  /// When the last fault happens.
  let end: Int64

  init(seed: UInt64, _ generator: inout SeededGenerator) {
    end = .random(in: 2000...15_000, using: &generator)
    let kind = seed % 8
    if kind == 1 || kind >= 6 {
      drop = generator.unit() * 0.1
      duplicate = generator.unit() * 0.1
      overtake = generator.unit() * 0.5
    }
    if kind == 2 || kind >= 6 { cuts = 3 }
    if kind == 3 || kind >= 6 { partitions = 2 }
    if kind == 4 || kind >= 6 {
      agentCrashes = 3
      crashAfterKeeping = 0.02
    }
    if kind == 5 || kind >= 6 { hubCrashes = 2 }
    if kind == 5 || kind == 7 {
      allCrash = 1
      crashAfterKeeping = 0.02
      pause = 800
    }
  }

  /// Whether what is said on a connection comes in its order and without a gap, as long as it holds.
  var keepsStreams: Bool { drop == 0 && overtake == 0 && partitions == 0 }

  var weights: [Int] { [cuts, partitions, agentCrashes, hubCrashes, allCrash] }
}

extension SeededGenerator {
  mutating func chance(_ share: Double) -> Bool { unit() < share }
}
