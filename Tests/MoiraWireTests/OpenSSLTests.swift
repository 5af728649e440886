import Foundation
import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraWire

private let openssl = "/usr/bin/openssl"

/// What another implementation makes of our files.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl)))
struct OpenSSLTests {
  private let place: TestConsortium

  init() throws { place = try TestConsortium() }

  private func run(_ arguments: String...) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: openssl)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private func filled(
    _ id: PartyID, _ kind: MemberKind, _ hosts: [String], identity: UInt64
  ) throws -> MemberFolder {
    let keys = place.keys(id.text)
    try keys.make()
    let request = try keys.request(
      id, kind, hosts: hosts.compactMap { MemberHost($0) },
      identity: TestConsortium.identity(identity))
    try keys.install(try place.authority.admit(request, at: TestConsortium.now))
    return keys
  }

  private let moment = "\(TestConsortium.now.milliseconds / 1000)"

  @Test func chainsAreGoodForTheirPurposesAndNoOthers() throws {
    let hub = try filled("hub", .hub, ["hub.example.org", "192.0.2.7"], identity: 1)
    let party = try filled("hospital-a", .party, [], identity: 2)
    func verify(_ keys: MemberFolder, _ more: String...) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: openssl)
      process.arguments =
        ["verify", "-x509_strict", "-attime", moment, "-CAfile", keys.rootFile] + more
        + [keys.certificateFile]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try verify(hub, "-purpose", "sslserver", "-verify_hostname", "hub.example.org") == 0)
    #expect(try verify(hub, "-purpose", "sslserver", "-verify_ip", "192.0.2.7") == 0)
    #expect(try verify(hub, "-verify_hostname", "other.example.org") != 0)
    #expect(try verify(hub, "-purpose", "sslclient") == 0)
    #expect(try verify(party, "-purpose", "sslclient") == 0)
    #expect(try verify(party, "-purpose", "sslserver") != 0)
    let other = try TestConsortium("other")
    try other.authority.root.pem.write(toFile: party.rootFile, atomically: true, encoding: .utf8)
    #expect(try verify(party) != 0)
  }

  @Test func itReadsTheFieldsThatWeWrote() throws {
    let keys = try filled("hub", .hub, ["hub.example.org", "2001:db8::7"], identity: 1)
    let text = try run("x509", "-in", keys.certificateFile, "-noout", "-text").text
    let identity = TestConsortium.identity(1).publicKey
    for words in [
      "CA:FALSE", "Digital Signature", "TLS Web Client Authentication, TLS Web Server",
      "URI:moira://hub/hub", "URI:moira://identity/\(identity)", "DNS:hub.example.org",
      "IP Address:2001:DB8:0:0:0:0:0:7", "prime256v1", "CN = heart", "CN = hub, OU = hub",
    ] {
      #expect(text.contains(words), "\(words) is not in \(text)")
    }
    let root = try run("x509", "-in", keys.rootFile, "-noout", "-text").text
    #expect(root.contains("CA:TRUE, pathlen:0"))
    #expect(root.contains("Certificate Sign, CRL Sign"))
  }

  @Test func itChecksTheRequestAndReadsTheKey() throws {
    let keys = try filled("hospital-a", .party, [], identity: 1)
    let request = try run("req", "-in", keys.requestFile, "-noout", "-verify", "-text")
    #expect(request.status == 0)
    #expect(request.text.contains("verify OK"))
    #expect(request.text.contains("URI:moira://proof/"))
    let key = try run("pkey", "-in", keys.tlsKeyFile, "-noout", "-check")
    #expect(key.status == 0, "\(key.text)")
  }
}
