import MoiraCrypto
import MoiraModel
import MoiraStorage
import MoiraWire

/// Makes the keys and the request of a member of a consortium, in its folder's `keys`.
struct MemberSetup {
  let id: PartyID
  let kind: MemberKind
  let folder: String

  var keys: MemberFolder { MemberFolder("\(folder)/\(MemberFolder.name)") }

  /// - Throws: `request-exists` if a request was made already.
  func checkNew() throws(Failure) {
    if keys.hasRequest {
      throw Failure(
        "request-exists", "'\(keys.requestFile)' is there already",
        hint: "for new keys remove 'tls.key' and 'request.pem' there; the identity stays")
    }
  }

  /// Makes what is missing; the request comes last.
  ///
  /// - Throws: `request-exists`, and what is thrown of files and names.
  func make(hosts: [MemberHost] = []) throws(Failure) -> MemberRequest {
    try checkNew()
    try keys.make()
    let identity = try IdentityFile.key(at: keys.identityFile)
    return try keys.request(id, kind, hosts: hosts, identity: identity)
  }

  /// - Parameter last: what is to be done in the end.
  func tell(_ request: MemberRequest, then last: String) {
    for file in [keys.identityFile, keys.tlsKeyFile, keys.requestFile] {
      Console.print("wrote \(file)")
    }
    Console.print("its identity is \(request.identity)")
    Console.print(
      """

      next: send '\(keys.requestFile)' to the consortium, which runs
              moira consortium admit \(keys.requestFile)
            put the three files that come back into '\(keys.path)'
            \(last)
      """)
  }
}
