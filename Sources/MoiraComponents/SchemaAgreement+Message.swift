internal import MoiraModel
internal import MoiraTable

/// The messages of `agreeTerms`.
enum SchemaMessage: WireMessage, Hashable {
  case proposal(CommonTerms)
  case agreed(CommonTerms)
  case refused(SchemaRefusal)

  static let version: UInt8 = 1

  func encode(into writer: inout ByteWriter) {
    writer.write(Self.version)
    switch self {
    case .proposal(let terms): encode(0, terms, &writer)
    case .agreed(let terms): encode(1, terms, &writer)
    case .refused(let refusal):
      writer.write(UInt8(2))
      for text in [refusal.code, refusal.message, refusal.hint] { writer.write(text) }
    }
  }

  private func encode(_ tag: UInt8, _ terms: CommonTerms, _ writer: inout ByteWriter) {
    writer.write(tag)
    terms.schema.encode(into: &writer)
    writer.write(terms.note)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    let version = try reader.byte()
    guard version == Self.version else { throw .unknownVersion(version) }
    switch try reader.byte() {
    case 0: self = .proposal(try Self.terms(from: &reader))
    case 1: self = .agreed(try Self.terms(from: &reader))
    case 2:
      self = .refused(
        SchemaRefusal(
          code: try reader.string(), message: try reader.string(), hint: try reader.string()))
    case let tag: throw .unknownCase(tag)
    }
  }

  private static func terms(from reader: inout ByteReader) throws(WireError) -> CommonTerms {
    let schema = try TableSchema(from: &reader)
    return CommonTerms(schema, note: try reader.string())
  }
}

/// A failure as it crosses to another party: no cause.
struct SchemaRefusal: Hashable, Sendable {
  let code: String
  let message: String
  /// Empty when there is none.
  let hint: String
}

extension SchemaRefusal {
  init(_ failure: Failure) {
    self.init(code: failure.code, message: failure.message, hint: failure.hint ?? "")
  }

  var failure: Failure { Failure(code, message, hint: hint.isEmpty ? nil : hint) }
}

extension SchemaMismatch {
  /// The words for a difference between two parties' columns.
  ///
  /// - Parameter more: how many differences there are beside this one.
  func failure(_ ours: PartyID, _ theirs: PartyID, more: Int) -> Failure {
    let rest = more > 0 ? "; \(more) more \(more == 1 ? "column differs" : "columns differ")" : ""
    return Failure("schema-mismatch", words(ours, theirs) + rest, hint: hint)
  }

  private func words(_ ours: PartyID, _ theirs: PartyID) -> String {
    switch self {
    case .missingHere(let column): "'\(column)' is at \(theirs), but not at \(ours)"
    case .missingThere(let column): "'\(column)' is at \(ours), but not at \(theirs)"
    case .otherOrder(let column, let here, let there):
      "'\(column)' is feature \(here + 1) at \(ours), but feature \(there + 1) at \(theirs)"
    case .otherType(let column, let here, let there):
      "'\(column)' is \(here.rawValue) at \(ours), but \(there.rawValue) at \(theirs)"
    case .otherUse(let column, let here, let there):
      "'\(column)' is a \(here.rawValue) at \(ours), but a \(there.rawValue) at \(theirs)"
    }
  }

  private var hint: String {
    switch self {
    case .missingHere, .missingThere:
      "name the columns that all have under 'features' of the reader, or rename them in the file"
    case .otherOrder: "list the columns in one order under 'features' of the reader"
    case .otherType:
      "name it under 'categorical' of the reader at all parties, or at none; a label is categorical where one value is a text"
    case .otherUse: "'label' of the reader must name the same column at all parties"
    }
  }
}
