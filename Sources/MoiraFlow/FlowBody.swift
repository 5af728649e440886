import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import MoiraConfig
internal import MoiraModel
internal import NIOCore

/// A body that was read: its fields, and the file that it brought.
struct FlowBody {
  /// Nil where there was none.
  let fields: FlowFields?
  let file: IncomingFile?
  /// The SHA-256 of the raw bytes, in hexadecimal; empty where no signature is checked.
  let digest: String

  /// Removes the file, unless somebody has taken it away.
  func remove() {
    if let file { unlink(file.path) }
  }

  static func read(
    _ body: RequestBody, type: String?, route: FlowRoute, settings: FlowSettings
  ) async throws(FlowRefusal) -> FlowBody {
    let isForm = type?.lowercased().hasPrefix("multipart/form-data") == true
    if route.takesFile {
      guard isForm, let type else {
        throw FlowRefusal(
          .parameter,
          Failure("request-form", "'\(route.path)' takes a multipart form, but the body is none"),
          status: 400)
      }
      return try await readForm(body, type, settings)
    }
    return try await readJSON(body, type, hashes: settings.isAuthenticated)
  }

  // MARK: JSON

  private static func readJSON(
    _ body: RequestBody, _ type: String?, hashes: Bool
  ) async throws(FlowRefusal) -> FlowBody {
    var bytes: [UInt8] = []
    var hasher = Signature.BodyHasher()
    try await pieces(of: body, limit: FlowLimits.body, seconds: FlowLimits.bodySeconds) {
      piece throws(FlowRefusal) in
      piece.withUnsafeReadableBytes { raw in
        bytes.append(contentsOf: raw)
        if hashes { hasher.take(raw) }
      }
    }
    let digest = hashes ? hasher.digest : ""
    if bytes.isEmpty { return FlowBody(fields: nil, file: nil, digest: digest) }
    guard type?.lowercased().hasPrefix("application/json") == true else {
      throw FlowRefusal(
        .parameter, Failure("request-form", "the body's type must be application/json"),
        status: 400)
    }
    return FlowBody(fields: try fields(bytes), file: nil, digest: digest)
  }

  private static func fields(_ bytes: [UInt8]) throws(FlowRefusal) -> FlowFields {
    let node: ConfigNode
    do throws(JSONFault) {
      node = try JSONText.read(bytes)
    } catch {
      throw FlowRefusal(
        .parameter,
        Failure(
          "request-form",
          "the body is no JSON: \(error.reason) (line \(error.line), byte \(error.column))"),
        status: 400)
    }
    guard let map = node.map else {
      throw FlowRefusal(
        .parameter, Failure("request-form", "the body must be an object, but is \(node.phrase)"),
        status: 400)
    }
    return FlowFields(map)
  }

  // MARK: Forms

  private static func readForm(
    _ body: RequestBody, _ type: String, _ settings: FlowSettings
  ) async throws(FlowRefusal) -> FlowBody {
    var form = try IncomingForm(type: type, folder: settings.incoming)
    var hasher = Signature.BodyHasher()
    let hashes = settings.isAuthenticated
    do throws(FlowRefusal) {
      try await pieces(
        of: body, limit: settings.uploadLimit, seconds: FlowLimits.uploadSeconds
      ) { piece throws(FlowRefusal) in
        if hashes { piece.withUnsafeReadableBytes { hasher.take($0) } }
        try form.take(piece.readableBytesView)
      }
      return FlowBody(
        fields: try form.finish(), file: form.file, digest: hashes ? hasher.digest : "")
    } catch {
      form.remove()
      throw error
    }
  }

  // MARK: Pieces

  private static func pieces(
    of body: RequestBody, limit: Int, seconds: Int,
    _ take: (ByteBuffer) throws(FlowRefusal) -> Void
  ) async throws(FlowRefusal) {
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    var iterator = body.makeAsyncIterator()
    while let piece = try await next(&iterator) {
      count += piece.readableBytes
      if count > limit {
        throw FlowRefusal(
          .parameter,
          Failure("request-too-large", "the body may have at most \(limit) bytes"), status: 413)
      }
      if ContinuousClock.now > end {
        throw FlowRefusal(
          .parameter,
          Failure("request-too-slow", "the body was not there after \(seconds) seconds"),
          status: 408)
      }
      try take(piece)
    }
  }

  private static func next(
    _ iterator: inout RequestBody.AsyncIterator
  ) async throws(FlowRefusal) -> ByteBuffer? {
    do {
      return try await iterator.next()
    } catch {
      throw FlowRefusal(
        .parameter, Failure("request-form", "the body breaks off"), status: 400)
    }
  }
}
