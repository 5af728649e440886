import Foundation
import Testing

/// A consortium from nothing, as its people would set it up; one process at a time.
@Suite(.serialized) struct ConsortiumTests {
  private static let parties = ["hospital-a", "hospital-b", "hospital-c"]
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func expect(
    _ command: String..., status: Int32 = 0, location: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try place.run(command)
    #expect(outcome.status == status, "\(command): \(outcome.errors)", sourceLocation: location)
    return outcome
  }

  private func mode(_ file: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(place.path)/\(file)")
    return attributes[.posixPermissions] as? Int ?? -1
  }

  private func text(_ file: String) throws -> String {
    try String(contentsOfFile: "\(place.path)/\(file)", encoding: .utf8)
  }

  private func members() throws -> [[String: Any]] {
    let list = try expect("consortium", "list", "--format", "json")
    return try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]] ?? []
  }

  @Test func aHubAndThreePartiesAreSetUpOnOneMachine() throws {
    let begun = try expect("consortium", "init", "heart-study")
    #expect(begun.output.contains("next: moira hub init hub --address HOST:PORT"))
    let hub = try expect(
      "hub", "init", "hub", "--address", "localhost:7433", "--address", "127.0.0.1:7433")
    #expect(hub.output.contains("moira consortium admit hub/keys/request.pem"))
    let admitted = try expect("consortium", "admit", "hub/keys/request.pem")
    #expect(admitted.output.contains("'hub' is a hub of 'heart-study' until "))
    #expect(admitted.output.contains("it may be dialled at localhost, 127.0.0.1"))
    for party in Self.parties {
      let made = try expect("party", "init", party, "--hub", "localhost:7433")
      let request = "parties/\(party)/keys/request.pem"
      #expect(made.output.contains("next: send '\(request)' to the consortium"))
      _ = try expect("consortium", "admit", request, "--days", "30")
    }
    _ = try expect("party", "init", "alice", "--submitter", "--hub", "localhost:7433")
    _ = try expect("consortium", "admit", "submitters/alice/keys/request.pem")

    let kinds = try members().map { "\($0["member"] ?? "") \($0["kind"] ?? "")" }
    #expect(
      kinds == ["hub hub"] + Self.parties.map { "\($0) party" } + ["alice submitter"])
    for folder in ["hub"] + Self.parties.map({ "parties/\($0)" }) + ["submitters/alice"] {
      for file in ["certificate.pem", "consortium.pem", "revoked.json", "request.pem"] {
        #expect(place.exists("\(folder)/keys/\(file)"))
      }
      #expect(try text("\(folder)/keys/consortium.pem") == text("consortium/ca.pem"))
      #expect(try mode("\(folder)/keys/tls.key") == 0o600)
      #expect(try mode("\(folder)/keys/identity.key") == 0o600)
      #expect(try mode("\(folder)/keys") == 0o700)
    }
    #expect(try mode("consortium/ca.key") == 0o600)
    #expect(
      try text("parties/hospital-a/party.yaml").contains("\nhub: {address: \"localhost:7433\"}\n"))
    #expect(try text("hub/hub.yaml").contains("\nlisten: \"0.0.0.0:7433\"\n"))
  }

  @Test func aMemberIsRenewedAndRevoked() throws {
    _ = try expect("consortium", "init", "heart", "--folder", "ca")
    _ = try expect("party", "init", "lab", "--hub", "hub.example.org:7433")
    let request = "parties/lab/keys/request.pem"
    _ = try expect("consortium", "admit", request, "--consortium", "ca")
    let first = try text("parties/lab/keys/certificate.pem")
    let renewed = try expect("consortium", "renew", "lab", "--consortium", "ca")
    #expect(renewed.output.contains("wrote ca/renewed/lab/certificate.pem"))
    #expect(try text("ca/renewed/lab/certificate.pem") != first)
    let revoked = try expect(
      "consortium", "revoke", "lab", "--reason", "left", "--consortium", "ca")
    #expect(revoked.output.contains("wrote ca/revoked.json, number 2"))
    #expect(
      revoked.output.contains("next: put that file in place of 'keys/revoked.json' at the hub"))
    let list = try expect("consortium", "list", "--consortium", "ca")
    #expect(list.lines.filter { $0.contains("revoked") && $0.contains("left") }.count == 2)

    let again = try expect("consortium", "admit", request, "--consortium", "ca", status: 77)
    #expect(again.errors.contains("[certificate-revoked]"))
    // New keys under the old identity.
    for file in ["tls.key", "request.pem"] {
      try FileManager.default.removeItem(atPath: "\(place.path)/parties/lab/keys/\(file)")
    }
    let identity = try text("parties/lab/keys/identity.key")
    _ = try expect("party", "init", "lab", "--hub", "hub.example.org:7433")
    #expect(try text("parties/lab/keys/identity.key") == identity)
    _ = try expect("consortium", "admit", request, "--consortium", "ca")
  }

  @Test func whatIsWrongIsRefusedByName() throws {
    let lost = try expect("consortium", "list", status: 64)
    #expect(lost.errors.contains("[consortium-missing]"))
    _ = try expect("consortium", "init", "heart")
    let twice = try expect("consortium", "init", "heart", status: 77)
    #expect(twice.errors.contains("[consortium-exists]"))
    _ = try expect("party", "init", "lab", "--hub", "hub:7433")
    let again = try expect("party", "init", "lab", "--hub", "hub:7433", status: 77)
    #expect(again.errors.contains("[request-exists]"))
    _ = try expect("consortium", "admit", "parties/lab/keys/request.pem")

    _ = try expect("party", "init", "lab", "--hub", "hub:7433", "--parties", "elsewhere")
    let taken = try expect("consortium", "admit", "elsewhere/lab/keys/request.pem", status: 77)
    #expect(taken.errors.contains("[member-exists]"))
    let other = try expect("consortium", "admit", "parties/lab/party.yaml", status: 77)
    #expect(other.errors.contains("[admission-form]"))
    let unknown = try expect("consortium", "revoke", "lob", status: 64)
    #expect(unknown.errors.contains("[member-unknown]"))
    #expect(unknown.errors.contains("did you mean 'lab'?"))
    for arguments in [
      ["party", "init", "x", "--submitter"], ["party", "init", "x", "--hub", "hub"],
      ["hub", "init", "x"], ["hub", "init", "x", "--address", "a b:1"],
      ["consortium", "admit", "parties/lab/keys/request.pem", "--days", "0"],
    ] {
      #expect(try place.run(arguments).status == 64, "\(arguments)")
    }
    #expect(!place.exists("x"))
    #expect(!place.exists("parties/x"))
  }

  @Test func aPartyThatIsThereGetsKeysAndKeepsItsData() throws {
    _ = try expect("init", "homo_lr", "--with-data")
    let before = try text("parties/hospital-a/party.yaml")
    _ = try expect("party", "init", "hospital-a", "--hub", "[2001:db8::7]:7433")
    let after = try text("parties/hospital-a/party.yaml")
    #expect(after.contains("\nhub: {address: \"[2001:db8::7]:7433\"}\n"))
    let kept = after.split(separator: "\n").filter { before.contains($0) }
    #expect(kept.count >= before.split(separator: "\n").count)

    try place.write(
      "id: hospital-b\nhub: {address: \"other:1\"}\n", to: "parties/hospital-b/party.yaml")
    let refused = try place.moira("party", "init", "hospital-b", "--hub", "hub:7433")
    #expect(refused.errors.contains("[party-uneditable]"))
    #expect(!place.exists("parties/hospital-b/keys/request.pem"))
  }
}
