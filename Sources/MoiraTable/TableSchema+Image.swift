public import MoiraModel

/// How a schema stands in a table image and in a message: each text length-prefixed, each choice
/// one byte.
extension TableSchema: WireMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(optional: id)
    writer.write(optional: weight)
    writer.write(label != nil)
    if let label {
      writer.write(label.name)
      writer.write(label.kind)
    }
    writer.write(UInt32(features.count))
    for feature in features {
      writer.write(feature.name)
      writer.write(feature.kind)
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    id = try reader.optionalString()
    weight = try reader.optionalString()
    if try reader.bool() {
      label = LabelSchema(name: try reader.string(), kind: try reader.columnKind())
    }
    features = []
    for _ in 0..<(try reader.length(of: 5)) {
      features.append(FeatureSchema(name: try reader.string(), kind: try reader.columnKind()))
    }
  }

  var imageBytes: [UInt8] {
    var writer = ByteWriter()
    encode(into: &writer)
    return writer.bytes
  }
}

extension ByteWriter {
  fileprivate mutating func write(optional text: String?) {
    write(text != nil)
    if let text { write(text) }
  }

  fileprivate mutating func write(_ kind: ColumnKind) {
    write(kind != .numeric)
    guard let levels = kind.levels else { return }
    write(UInt32(levels.count))
    for level in levels { write(level) }
  }
}

extension ByteReader {
  fileprivate mutating func optionalString() throws(WireError) -> String? {
    try bool() ? try string() : nil
  }

  fileprivate mutating func columnKind() throws(WireError) -> ColumnKind {
    guard try bool() else { return .numeric }
    var levels: [String] = []
    for _ in 0..<(try length(of: 4)) { levels.append(try string()) }
    return .categorical(levels: levels)
  }
}
