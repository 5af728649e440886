internal import GRPCCore
internal import MoiraModel

/// A failure on its way through gRPC: code and hint ride in the trailers.
enum RPCFailure {
  private static let code = "moira-code"
  private static let hint = "moira-hint"
  private static let transient = "moira-transient"

  static func error(_ failure: Failure) -> RPCError {
    var metadata: Metadata = [code: .string(failure.code)]
    if let words = failure.hint { metadata.addString(ascii(words), forKey: hint) }
    if failure.isTransient { metadata.addString("1", forKey: transient) }
    return RPCError(code: status(failure.code), message: failure.message, metadata: metadata)
  }

  /// What the other end said; `dialled` names it where it could not be reached.
  static func failure(_ error: any Error, dialling hub: String, _ refusal: Failure? = nil)
    -> any Error
  {
    if let refusal { return refusal }
    guard let error = error as? RPCError else {
      return error is CancellationError || error is Failure
        ? error
        : Failure("hub-unreachable", "the hub '\(hub)' cannot be reached", cause: "\(error)")
    }
    if let code = error.metadata[stringValues: code].first(where: { _ in true }) {
      return Failure(
        code, error.message, hint: error.metadata[stringValues: hint].first { _ in true },
        isTransient: error.metadata[stringValues: transient].contains("1"))
    }
    if error.code == .cancelled { return CancellationError() }
    return Failure(
      "hub-unreachable", "the hub '\(hub)' cannot be reached",
      hint: "is it running, and does it know this certificate?", cause: "\(error)",
      isTransient: true)
  }

  private static func status(_ code: String) -> RPCError.Code {
    if code.hasPrefix("certificate") || code == "peer-identity-mismatch" {
      return .unauthenticated
    }
    return code == "internal-error" ? .internalError : .failedPrecondition
  }

  /// Trailers carry ASCII; other characters go as their escapes.
  private static func ascii(_ text: String) -> String {
    text.unicodeScalars.map { $0.isASCII ? String($0) : $0.escaped(asASCII: true) }.joined()
  }
}

/// Gives every failure of a call its form for the wire.
func refusing<Result>(
  _ log: HubLog, from peer: String, _ body: () async throws -> Result
) async throws -> Result {
  do {
    return try await body()
  } catch let failure as Failure {
    log.refused(failure, from: peer)
    throw RPCFailure.error(failure.withoutCause)
  } catch is FrameError {
    throw RPCFailure.error(
      Failure("frame-form", "a message is not of the form that hub and agents share"))
  }
}
