internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Closes a connection whose handshake came to less than TLS 1.3 with HTTP/2, whatever the library below
/// agreed to.
final class ModernTLSGate: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private let guest: DoorGuest

  init(_ guest: DoorGuest) { self.guest = guest }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
      let version = try? context.pipeline.syncOperations.nioSSL_tlsVersion()
      guard version == .tlsv13, negotiated == "h2" else {
        context.close(promise: nil)
        return
      }
      guest.hasShakenHands()
    }
    context.fireUserInboundEventTriggered(event)
  }
}
