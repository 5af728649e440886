internal import Crypto
import Foundation
internal import MoiraModel

/// Tells whether a request comes from who it says it does.
///
/// The client sends `appId`, `Nonce`, `Timestamp` (milliseconds since 1970) and `Signature`: the
/// HMAC-SHA256 (RFC 2104, FIPS 180-4) in hexadecimal under the app's token of these lines, each
/// ended by LF: method, target, app id, timestamp, nonce, SHA-256 of the body in hexadecimal.
///
/// FATE's own signature, `md5(md5(appId + userName + Nonce + Timestamp) + token)`, says nothing of the
/// request itself: whoever reads one can send another request with it for a minute. It is refused
/// unless the operator accepts it.
struct Signature {
  /// What is signed.
  struct Request {
    let method: String
    /// As it stood in the request's first line.
    let target: String
    /// The SHA-256 of the body, in hexadecimal.
    let bodyDigest: String
  }

  let app: String
  let user: String
  let nonce: String
  let timestamp: String
  let value: String

  /// Nil when a header is missing.
  init?(_ header: (String) -> String?) {
    guard let app = header("appId"), let nonce = header("Nonce"),
      let timestamp = header("Timestamp"), let value = header("Signature"),
      !nonce.isEmpty, nonce.utf8.count <= 128, timestamp.utf8.count <= 20
    else { return nil }
    self.app = app
    user = header("userName") ?? ""
    self.nonce = nonce
    self.timestamp = timestamp
    self.value = value.lowercased()
  }

  /// The moment that it names; nil when it is none of this age.
  var moment: Instant? {
    guard let number = Int64(timestamp), (0...1 << 53).contains(number) else { return nil }
    return Instant(milliseconds: number)
  }

  func isValid(for request: Request, token: String) -> Bool {
    Self.isEqual(value, Self.hmac(request, app, timestamp, nonce, token: token))
  }

  static func hmac(
    _ request: Request, _ app: String, _ timestamp: String, _ nonce: String, token: String
  ) -> String {
    let lines = [
      request.method, request.target, app, timestamp, nonce, request.bodyDigest,
    ]
    let text = lines.map { $0 + "\n" }.joined()
    let key = SymmetricKey(data: Data(token.utf8))
    return hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
  }

  func isValidLegacy(token: String) -> Bool {
    let inner = Self.md5(app + user + nonce + timestamp)
    return Self.isEqual(value, Self.md5(inner + token))
  }

  static func digest(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// Computes the digest of a body as it comes in.
  struct BodyHasher {
    private var hasher = SHA256()
    mutating func take(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }
    var digest: String { hexadecimal(hasher.finalize()) }
  }

  private static func md5(_ text: String) -> String {
    hexadecimal(Insecure.MD5.hash(data: Data(text.utf8)))
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Takes as long whatever differs.
  private static func isEqual(_ one: String, _ other: String) -> Bool {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// The nonces of the last minutes, so that no signed request is taken twice.
struct NonceMemory {
  private var seen: Set<String> = []
  /// In the order of their moments, each with the moment from which on it may be forgotten.
  private var order: [(key: String, until: Instant)] = []
  private var first = 0

  /// Whether the nonce is new. A memory that is full takes none, rather than forget one that may
  /// still be used.
  mutating func take(_ key: String, until: Instant, now: Instant) -> Bool {
    forget(before: now)
    guard seen.count < FlowLimits.nonces else { return false }
    guard seen.insert(key).inserted else { return false }
    order.append((key, until))
    return true
  }

  private mutating func forget(before now: Instant) {
    while first < order.count, order[first].until < now {
      seen.remove(order[first].key)
      first += 1
    }
    if first > 1024, first * 2 > order.count {
      order.removeFirst(first)
      first = 0
    }
  }
}
