import Foundation

/// A TCP port of this machine that nobody else has while the value lives.
final class FreePort {
  private let descriptor: Int32
  let number: Int

  /// - Parameter listens: whether connections come about, to be left without an answer.
  init(listens: Bool = false) throws {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    self.descriptor = descriptor
    // Below the ports that connections are given.
    let found = (0..<50).lazy.map { _ in Int.random(in: 20_000..<32_000) }.first {
      Self.bind(descriptor, $0) && (!listens || listen(descriptor, 16) == 0)
    }
    guard let found else {
      close(descriptor)
      throw FederationFault(text: "no free port")
    }
    number = found
  }

  private static func bind(_ descriptor: Int32, _ port: Int) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  deinit { close(descriptor) }

  /// One that was free a moment ago, for a process to listen at.
  static func any() throws -> Int { try FreePort().number }
}
