import Foundation

/// A TCP port of this machine that nobody else has while the value lives.
final class FreePort {
  private let descriptor: Int32
  let number: Int

  /// - Parameter listens: whether connections come about, to be left without an answer.
  init(listens: Bool = false) throws {
    let descriptor = Loopback.socket()
    self.descriptor = descriptor
    let found = (0..<50).lazy.map { _ in Self.candidate }.first {
      Loopback.withAddress($0) { bind(descriptor, $0, $1) } == 0
        && (!listens || listen(descriptor, 16) == 0)
    }
    guard let found else {
      close(descriptor)
      throw FederationFault(text: "no free port")
    }
    number = found
  }

  deinit { close(descriptor) }

  /// Below the ports that connections are given: none of these shall take it while nobody listens.
  static var candidate: Int { Int.random(in: 20_000..<32_000) }

  /// One that was free a moment ago, for a process to listen at.
  static func any() throws -> Int { try FreePort().number }
}

/// TCP on this machine.
enum Loopback {
  static func socket() -> Int32 {
    #if canImport(Glibc)
      Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      Foundation.socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  static func withAddress(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
