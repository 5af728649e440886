internal import Foundation

/// A DNS name or an IP address, under which a certificate's owner is dialled.
public enum MemberHost: Hashable, Sendable {
  case name(String)
  /// 4 or 16 bytes.
  case address([UInt8])

  /// A name is of letters, digits and hyphens in labels of 1 to 63, 253 in all; a wildcard is none.
  public init?(_ text: String) {
    if let address = Self.addressBytes(text) {
      self = .address(address)
    } else if Self.isName(text) {
      self = .name(text.lowercased())
    } else {
      return nil
    }
  }

  init?(addressBytes bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self = .address(bytes)
  }

  private static func isName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // Digits alone in the last label are an address that is none.
    guard text.utf8.count <= 253, let last = labels.last, !last.allSatisfy(isDigit) else {
      return false
    }
    return labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
        && label.last != UInt8(ascii: "-")
        && label.allSatisfy { isDigit($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func addressBytes(_ text: String) -> [UInt8]? {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
    var sixteen = in6_addr()
    if inet_pton(AF_INET6, text, &sixteen) == 1 {
      return withUnsafeBytes(of: &sixteen) { Array($0) }
    }
    return nil
  }
}

extension MemberHost: CustomStringConvertible {
  public var description: String {
    switch self {
    case .name(let name): name
    case .address(let bytes): Self.addressText(bytes)
    }
  }

  private static func addressText(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// Where a hub is dialled: `hub.example.org:7433`, `192.0.2.7:7433`, `[2001:db8::7]:7433`.
public struct HubAddress: Hashable, Sendable {
  public let host: MemberHost
  public let port: Int

  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var name = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { return nil }
    let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
    if isBracketed { name = name.dropFirst().dropLast() }
    guard let host = MemberHost(String(name)), host.isLong == isBracketed else { return nil }
    self.host = host
    self.port = port
  }
}

extension HubAddress: CustomStringConvertible {
  public var description: String { host.isLong ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension MemberHost {
  /// Whether it is an IPv6 address, which stands in brackets before a port.
  fileprivate var isLong: Bool {
    if case .address(let bytes) = self { bytes.count == 16 } else { false }
  }
}
