internal import MoiraCrypto
internal import SwiftASN1
internal import X509

/// The form in which requests and certificates lie in files.
enum PEM {
  /// The most bytes of a request or a certificate that are looked at, PEM or DER.
  static let sizeLimit = 32 << 10

  static func text(_ value: some PEMSerializable) throws -> String {
    try value.serializeAsPEM().pemString + "\n"
  }

  static func der(_ value: some DERSerializable) throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(value)
    return serializer.serializedBytes
  }

  /// Nil where the bytes are no certificate, or more than one.
  static func certificate(der: [UInt8]) -> Certificate? {
    guard der.count <= sizeLimit else { return nil }
    return try? Certificate(derEncoded: der)
  }

  /// The one value in a text; nil where there is none, more than one, or something else.
  static func read<Value: PEMParseable>(_ type: Value.Type, _ text: String) -> Value? {
    guard text.utf8.count <= sizeLimit else { return nil }
    return try? Value(pemEncoded: text)
  }
}

extension CertificateSerial {
  init(_ serial: Certificate.SerialNumber) { self.init(hexadecimal(serial.bytes)) }
}
