import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

/// A machine in a box, so that machines that cannot be copied can stand in a dictionary.
final class Side<Machine: ProtocolMachine & ~Copyable> {
  var machine: Machine
  var output: Machine.Output?

  init(_ machine: consuming Machine) { self.machine = machine }
}

/// Bytes under way from one party to another.
struct Letter {
  let sender: PartyID
  let recipient: PartyID
  let bytes: [UInt8]
}

/// A protocol run: every message goes as bytes, and arrives in an order drawn from the seed.
struct Exchange<
  Client: ProtocolMachine & ~Copyable, Aggregator: ProtocolMachine & ~Copyable
> where Client.Message == Aggregator.Message {
  let clients: [PartyID: Side<Client>]
  let aggregator: (id: PartyID, side: Side<Aggregator>)
  /// All that went over the wire, in the order of delivery.
  private(set) var delivered: [Letter] = []

  init(clients: [PartyID: Side<Client>], aggregator: (PartyID, Side<Aggregator>)) {
    self.clients = clients
    self.aggregator = aggregator
  }

  mutating func run(
    seed: UInt64, tamper: (Letter) -> [Letter] = { [$0] }
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var underWay: [Letter] = []
    for (id, side) in clients.sorted(by: { $0.key < $1.key }) {
      underWay += letters(side.machine.start(), from: id).flatMap(tamper)
    }
    underWay += letters(aggregator.side.machine.start(), from: aggregator.id).flatMap(tamper)
    while !underWay.isEmpty {
      underWay.swapAt(
        Int.random(in: 0..<underWay.count, using: &generator), underWay.count - 1)
      let letter = underWay.removeLast()
      delivered.append(letter)
      underWay += try deliver(letter).flatMap(tamper)
    }
  }

  private func deliver(_ letter: Letter) throws -> [Letter] {
    let message = try Client.Message(wireBytes: letter.bytes)
    if letter.recipient == aggregator.id {
      let step = try aggregator.side.machine.receive(message, from: letter.sender)
      return follow(step, output: &aggregator.side.output, from: aggregator.id)
    }
    let side = try #require(clients[letter.recipient])
    let step = try side.machine.receive(message, from: letter.sender)
    return follow(step, output: &side.output, from: letter.recipient)
  }

  private func follow<Output>(
    _ step: Step<Client.Message, Output>, output: inout Output?, from sender: PartyID
  ) -> [Letter] {
    switch step {
    case .wait: return []
    case .send(let outbound): return letters(outbound, from: sender)
    case .finish(let result, let outbound):
      output = result
      return letters(outbound, from: sender)
    }
  }

  private func letters(
    _ outbound: [Outbound<Client.Message>], from sender: PartyID
  ) -> [Letter] {
    outbound.map { Letter(sender: sender, recipient: $0.recipient, bytes: $0.message.wireBytes) }
  }
}

let arbiter: PartyID = "arbiter"
let scope = TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 1)

func hospitals(_ count: Int) -> [PartyID] { (0..<count).map { PartyID("hospital-\($0)") } }

/// The keys of each client, agreed without a wire.
func agreedKeys(
  _ clients: [PartyID], seed: UInt64 = 1
) throws -> (roster: KeyRoster, keys: [PartyID: MaskingKeys]) {
  var generator = SeededGenerator(seed: seed)
  let pairs = clients.map { ($0, MaskKeyPair(using: &generator)) }
  let roster = try KeyRoster(scope: scope, entries: pairs.map { ($0, $1.publicKey) })
  var keys: [PartyID: MaskingKeys] = [:]
  for (party, pair) in pairs {
    keys[party] = try MaskingKeys(own: party, keyPair: pair, roster: roster)
  }
  return (roster, keys)
}

/// A long-term key pair for each of the parties, drawn from a seed.
func identityPairs(_ parties: [PartyID], seed: UInt64 = 1) -> [PartyID: IdentityKeyPair] {
  var generator = SeededGenerator(seed: seed &+ 77)
  return Dictionary(
    uniqueKeysWithValues: parties.map { ($0, IdentityKeyPair(using: &generator)) })
}

/// What the plan pins of them.
func pinned(_ pairs: [PartyID: IdentityKeyPair]) -> IdentityRoster {
  IdentityRoster(pairs.mapValues(\.publicKey))
}
