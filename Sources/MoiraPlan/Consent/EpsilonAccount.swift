internal import MoiraModel

extension EpsilonLedger {
  /// What one job reserved, and which attempts of its trainings began.
  struct Account: Hashable, Codable {
    static let version: UInt8 = 1

    struct Towards: Hashable {
      let dataset: String
      let partner: PartyID
    }

    let reserves: [EpsilonReserve]
    private var begun: [TaskID: Set<Int>] = [:]

    init(reserves: [EpsilonReserve]) { self.reserves = reserves }

    var hasBegun: Bool { !begun.isEmpty }

    /// Each once, in the order of the reserves.
    var towards: [Towards] {
      var seen: Set<Towards> = []
      return reserves.map { Towards(dataset: $0.dataset, partner: $0.partner) }
        .filter { seen.insert($0).inserted }
    }

    func spent(_ dataset: String, _ partner: PartyID) -> Double {
      reserves.filter { $0.dataset == dataset && $0.partner == partner }.reduce(0) {
        $0 + $1.epsilon * Double(max($1.attempts, begun[$1.task]?.count ?? 0))
      }
    }

    mutating func begin(_ task: TaskID, attempt: Int) -> Bool {
      guard reserves.contains(where: { $0.task == task }) else { return false }
      return begun[task, default: []].insert(attempt).inserted
    }
  }
}

extension EpsilonLedger.Account: WireMessage {
  func encode(into writer: inout ByteWriter) {
    writer.write(Self.version)
    writer.write(UInt32(reserves.count))
    for one in reserves {
      writer.write(one.dataset)
      writer.write(one.partner.text)
      writer.write(one.task.text)
      writer.write(one.epsilon)
      writer.write(Int64(one.attempts))
    }
    writer.write(UInt32(begun.count))
    for (task, attempts) in begun.sorted(by: { $0.key < $1.key }) {
      writer.write(task.text)
      writer.write(attempts.sorted().map { UInt64(clamping: $0) })
    }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    let version = try reader.byte()
    guard version == Self.version else { throw .unknownVersion(version) }
    var reserves: [EpsilonReserve] = []
    for _ in 0..<(try reader.length(of: 1)) {
      let dataset = try reader.string()
      let partner = PartyID(try reader.string())
      let task = TaskID(try reader.string())
      let epsilon = try reader.double()
      let attempts = Int(clamping: try reader.integer(Int64.self))
      // A negative or missing number would give budget back.
      guard epsilon > 0, epsilon.isFinite, attempts > 0 else { throw .unknownCase(0) }
      reserves.append(
        EpsilonReserve(
          dataset: dataset, partner: partner, task: task, epsilon: epsilon, attempts: attempts))
    }
    self.init(reserves: reserves)
    for _ in 0..<(try reader.length(of: 1)) {
      let task = TaskID(try reader.string())
      begun[task] = Set(try reader.words().map { Int(clamping: $0) })
    }
  }
}
