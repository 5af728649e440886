internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraTable

/// What clients and arbiter must agree on before training, beyond the schema.
enum SetupMessage: WireMessage {
  /// A client's classes, the hash of the weights it would start from (empty when drawn), and
  /// whether it has rows to validate on.
  case offer(classes: [String], start: String, validates: Bool)
  case agreed(Agreed)
  /// What is wrong; the same failure at all parties.
  case refused(code: String, message: String)

  struct Agreed {
    let classes: [String]
    let validates: Bool
  }

  private static let version: UInt8 = 1

  func encode(into writer: inout ByteWriter) {
    writer.write(Self.version)
    switch self {
    case .offer(let classes, let start, let validates):
      writer.write(UInt8(0))
      Self.write(classes, into: &writer)
      writer.write(start)
      writer.write(validates)
    case .agreed(let agreed):
      writer.write(UInt8(1))
      Self.write(agreed.classes, into: &writer)
      writer.write(agreed.validates)
    case .refused(let code, let message):
      writer.write(UInt8(2))
      writer.write(code)
      writer.write(message)
    }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    let version = try reader.byte()
    guard version == Self.version else { throw .unknownVersion(version) }
    switch try reader.byte() {
    case 0:
      self = .offer(
        classes: try Self.names(from: &reader), start: try reader.string(),
        validates: try reader.bool())
    case 1:
      self = .agreed(
        Agreed(classes: try Self.names(from: &reader), validates: try reader.bool()))
    case 2: self = .refused(code: try reader.string(), message: try reader.string())
    case let other: throw .unknownCase(other)
    }
  }

  private static func write(_ names: [String], into writer: inout ByteWriter) {
    writer.write(UInt32(names.count))
    for name in names { writer.write(name) }
  }

  private static func names(from reader: inout ByteReader) throws(WireError) -> [String] {
    let count = try reader.length(of: 4)
    guard count <= LabelAgreement.classLimit else { throw .lengthOverLimit(count) }
    var names: [String] = []
    for _ in 0..<count { names.append(try reader.string()) }
    return names
  }
}

/// The classes of the label over all parties.
enum LabelAgreement {
  /// More distinct labels than that are no classes.
  static let classLimit = 1000

  /// At a client: tells its classes and start, and gets the classes of all.
  static func agree(
    classes: [String], start: String, validates: Bool, in task: some TaskContext, arbiter: PartyID
  ) async throws -> SetupMessage.Agreed {
    try await task.send(
      SetupMessage.offer(classes: classes, start: start, validates: validates), to: arbiter)
    switch try await task.receive(SetupMessage.self, from: arbiter) {
    case .agreed(let all): return all
    case .refused(let code, let message): throw Failure(code, message)
    case .offer:
      throw Failure("protocol-violation", "\(arbiter) sent an offer where it must answer one")
    }
  }

  /// At the arbiter: unites the clients' classes.
  static func arbitrate(in task: some TaskContext) async throws -> SetupMessage.Agreed {
    var all: Set<String> = []
    var offers: [Offer] = []
    for client in task.clients {
      guard
        case .offer(let classes, let start, let validates) = try await task.receive(
          SetupMessage.self, from: client)
      else { throw Failure("protocol-violation", "\(client) must offer its classes first") }
      all.formUnion(classes)
      offers.append(Offer(party: client, start: start, validates: validates))
    }
    let answer = answer(sortedClasses(all), offers)
    for client in task.clients { try await task.send(answer, to: client) }
    switch answer {
    case .refused(let code, let message): throw Failure(code, message)
    case .agreed(let agreed): return agreed
    case .offer: throw Failure("protocol-violation", "an offer is no answer to an offer")
    }
  }

  private static func answer(
    _ classes: [String], _ offers: [Offer]
  ) -> SetupMessage {
    if classes.count < 2 {
      return .refused(
        code: "too-few-classes",
        message:
          "training needs rows of at least 2 classes, but all parties together have \(classes.count)"
      )
    }
    let first = offers.first
    if let first, let other = offers.first(where: { $0.start != first.start }) {
      return .refused(
        code: "start-mismatch",
        message:
          "all parties must start from the same model, but \(first.party) and \(other.party) have different ones"
      )
    }
    if let first, let other = offers.first(where: { $0.validates != first.validates }) {
      return .refused(
        code: "validate-mismatch",
        message:
          "all parties must have rows to validate on, or none, but \(first.party) and \(other.party) differ"
      )
    }
    return .agreed(.init(classes: classes, validates: first?.validates ?? false))
  }

  private struct Offer {
    let party: PartyID
    let start: String
    let validates: Bool
  }

  /// Numbers by value when all are numbers, otherwise by text.
  private static func sortedClasses(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap { name in Double(name).map { (name, $0) } }
    guard numbers.count == names.count else { return names.sorted() }
    return numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
  }
}

/// A table's labels by the names of their classes.
struct ClassLabels {
  /// Of this table alone, in the order of first use.
  let names: [String]
  private let codes: [Double]

  /// - Throws: `label-missing`, `label-missing-values`, `too-many-classes`.
  init(_ table: Table, port: PortName, party: PartyID) throws(Failure) {
    guard let labels = table.labels(), let schema = table.schema.label else {
      throw Failure(
        "label-missing", "the rows of '\(port)' at \(party) have no label",
        hint: "name the label's column in the reader: 'parameters: {label: y}'")
    }
    let missing = labels.count { $0.isNaN }
    guard missing == 0 else {
      throw Failure(
        "label-missing-values",
        "\(missing) rows of '\(port)' at \(party) have no value in '\(schema.name)'")
    }
    if let levels = schema.kind.levels {
      names = levels
      codes = labels
      return
    }
    var positions: [Double: Double] = [:]
    var names: [String] = []
    var codes: [Double] = []
    codes.reserveCapacity(labels.count)
    for label in labels {
      if let known = positions[label] {
        codes.append(known)
        continue
      }
      guard names.count < LabelAgreement.classLimit else {
        throw Failure(
          "too-many-classes",
          "the label '\(schema.name)' at \(party) must have at most \(LabelAgreement.classLimit) different values, but has more"
        )
      }
      positions[label] = Double(names.count)
      codes.append(Double(names.count))
      names.append(shortNumber(label))
    }
    self.names = names
    self.codes = codes
  }

  /// The label of each row as an index into `classes`.
  ///
  /// - Throws: `class-unknown` when a row's class is not among them.
  func indices(in classes: [String], party: PartyID) throws(Failure) -> [Double] {
    var map: [Double] = []
    for name in names {
      map.append(classes.firstIndex(of: name).map(Double.init) ?? .nan)
    }
    let indices = codes.map { map[Int($0)] }
    guard !indices.contains(where: \.isNaN) else {
      throw Failure("class-unknown", "rows at \(party) have a class that the model does not know")
    }
    return indices
  }
}
