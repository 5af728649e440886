internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Closes a connection whose handshake came to less than TLS 1.3: the library below offers 1.2 too.
final class ModernTLSGate: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private let guest: DoorGuest

  init(_ guest: DoorGuest) { self.guest = guest }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      let version = try? context.pipeline.syncOperations.nioSSL_tlsVersion()
      if version != .tlsv13 {
        context.close(promise: nil)
        return
      }
      guest.hasShakenHands()
    }
    context.fireUserInboundEventTriggered(event)
  }
}
