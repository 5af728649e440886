import Foundation
import MoiraModel
import Testing
import X509

@testable import MoiraWire

/// Bytes that an attacker changed: never a crash, and never believed unless all that is signed is as
/// it was.
@Suite struct HostileCertificateTests {
  private static let rounds: UInt64 = 1000
  private let place: TestConsortium

  init() throws { place = try TestConsortium() }

  /// One to three changes: a bit, a byte, bytes taken out, put in, cut off, or moved.
  private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &generator)
      let byte = UInt8.random(in: 0...255, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] ^= 1 << (byte & 7)
      case 1: bytes[place] = byte
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(byte, at: place)
      case 4: bytes.removeLast(min(bytes.count, Int(byte & 31)))
      default: bytes.swapAt(place, Int.random(in: bytes.indices, using: &generator))
      }
    }
    return bytes
  }

  @Test func aChangedCertificateIsNeverBelieved() throws {
    let admission = try place.admit("hub", .hub, hosts: ["hub.example.org"])
    let der = try TestConsortium.der(admission)
    let signed = try #require(PEM.certificate(der: der)).tbsCertificateBytes
    let verifier = try place.verifier
    var parsed = 0
    for seed in 0..<Self.rounds {
      var generator = SeededGenerator(seed: seed)
      let bytes = mutated(der, &generator)
      if let certificate = PEM.certificate(der: bytes) {
        parsed += 1
        if certificate.tbsCertificateBytes == signed { continue }
      }
      let outcome = code { _ = try verifier.member(ofDER: bytes, at: TestConsortium.now) }
      #expect(outcome == "certificate-form" || outcome == "certificate-foreign", "seed \(seed)")
    }
    // Else the mutations would try the parser alone.
    #expect(parsed > 100)
  }

  @Test func aChangedRequestIsNeverAccepted() throws {
    let hosts = ["hub.example.org", "second.example.org", "192.0.2.7"]
    let request = try TestConsortium.request("hub", .hub, hosts: hosts)
    let der = try TestConsortium.der(ofPEM: request.pem)
    for seed in 0..<Self.rounds {
      var generator = SeededGenerator(seed: seed)
      let bytes = mutated(der, &generator)
      let text =
        "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        + "\n-----END CERTIFICATE REQUEST-----\n"
      do throws(Failure) {
        let read = try MemberRequest(pem: text)
        #expect(read.names == request.names, "seed \(seed)")
        #expect(read.keyBytes == request.keyBytes, "seed \(seed)")
      } catch {
        #expect(["admission-form", "admission-proof"].contains(error.code), "seed \(seed)")
      }
    }
  }

  @Test func changedTextsAreNeverBelievedEither() throws {
    let request = try TestConsortium.request("hospital-a")
    let admission = try place.admit("hospital-a")
    let list = try place.authority.revocations()
    for seed in 0..<Self.rounds {
      var generator = SeededGenerator(seed: seed)
      func text(_ good: String) -> String {
        String(decoding: mutated(Array(good.utf8), &generator), as: UTF8.self)
      }
      if let read = try? MemberRequest(pem: text(request.pem)) {
        #expect(read.names == request.names, "seed \(seed)")
      }
      if let read = try? ConsortiumRoot(pem: text(admission.root.pem)) {
        #expect(
          read.certificate.tbsCertificateBytes == admission.root.certificate.tbsCertificateBytes)
      }
      if let read = try? RevocationList(json: text(list.json), root: admission.root) {
        #expect(read.number == list.number && read.entries == list.entries, "seed \(seed)")
        #expect(read.time == list.time, "seed \(seed)")
      }
    }
  }

  @Test func randomBytesAreRefused() throws {
    let verifier = try place.verifier
    for seed in 0..<Self.rounds {
      var generator = SeededGenerator(seed: seed)
      let count = Int.random(in: 0..<2000, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(
        code { _ = try verifier.member(ofDER: bytes, at: TestConsortium.now) }
          == "certificate-form")
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(code { _ = try MemberRequest(pem: text) } == "admission-form")
    }
  }
}
