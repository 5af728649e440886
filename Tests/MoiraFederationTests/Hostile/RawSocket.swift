import Foundation

/// A TCP connection that sends what it is told, right or wrong.
final class RawSocket {
  private let descriptor: Int32

  /// - Parameter seconds: how long reading waits at most.
  init(port: Int, patience seconds: Int = 30) throws {
    let descriptor = Loopback.socket()
    self.descriptor = descriptor
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = Loopback.withAddress(port) { connect(descriptor, $0, $1) }
    if result != 0 { throw FederationFault(text: "cannot connect: \(errno)") }
  }

  deinit { close(descriptor) }

  /// - Returns: whether the other side took all of it.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      #if canImport(Glibc)
        let flags = Int32(MSG_NOSIGNAL)
      #else
        let flags: Int32 = 0
      #endif
      let count = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, flags)
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// All that comes until the other side closes the connection.
  func answer() -> String {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(descriptor, &piece, piece.count, 0), count > 0 {
      bytes += piece.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The answer of a server in plain HTTP.
  static func get(_ target: String, port: Int) throws -> String {
    let socket = try RawSocket(port: port)
    socket.send(Array("GET \(target) HTTP/1.1\r\nHost: moira\r\nConnection: close\r\n\r\n".utf8))
    return socket.answer()
  }

  /// Reads to the end.
  ///
  /// - Returns: false if the other side did not close the connection in time.
  func isClosedByPeer() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count == 0 { return true }
      if count < 0 { return errno != EAGAIN && errno != EWOULDBLOCK }
    }
  }
}
