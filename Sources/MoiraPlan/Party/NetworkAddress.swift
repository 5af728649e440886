/// Where something answers on a network: a host and a port.
public struct NetworkAddress: Hashable, Sendable {
  /// A name, or an IP address; one of version 6 without its brackets.
  public let host: String
  /// From 1 to 65,535.
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `hub.example.org:7433`, `10.0.0.7:7433` or `[2001:db8::7]:7433`; nil if it is none of them.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
      host = host.dropFirst().dropLast()
      guard host.utf8.allSatisfy(Self.isVersion6), host.contains(":") else { return nil }
    } else {
      guard (1...253).contains(host.utf8.count), host.utf8.allSatisfy(Self.isName) else {
        return nil
      }
    }
    self.init(host: String(host), port: port)
  }

  /// Hexadecimal digits, `:` and `.`.
  private static func isVersion6(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2E, 0x30...0x3A, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  /// Letters, digits, `-`, `_` and `.`.
  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }
}

extension NetworkAddress: CustomStringConvertible {
  /// As it is read.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
