import ArgumentParser
import Foundation
import MoiraModel
import MoiraSim
import MoiraWire

extension ConsortiumCommand {
  struct Admit: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "admit", abstract: "Sign a member's request; the same again renews.",
      discussion: """
        Writes 'certificate.pem', 'consortium.pem' and 'revoked.json' beside the request: these three \
        go back to the member, and none of them is secret.
        """)
    @Argument(help: "The member's request.pem.", completion: .file()) var request: String
    @OptionGroup var place: Place
    @OptionGroup var validity: Validity
    var isJSON: Bool { false }

    func perform() throws -> ExitStatus {
      let authority = try place.authority()
      let asked = try MemberRequest(pem: text())
      let folder = MemberFolder(
        URL(fileURLWithPath: request).deletingLastPathComponent().relativePath)
      try folder.checkRoot(authority.root)
      let admission = try authority.admit(
        asked, validity: validity.duration, at: SystemClock().now())
      try folder.install(admission)
      Self.tell(admission, in: folder)
      return .done
    }

    private func text() throws(Failure) -> String {
      do throws(Diagnostics) {
        return try TextFile.read(request)
      } catch {
        throw Failure(
          "file-unreadable", "'\(request)' cannot be read as a text",
          hint: "a request is the file 'keys/request.pem' of a member's folder")
      }
    }

    static func tell(_ admission: ConsortiumAuthority.Admission, in folder: MemberFolder) {
      let member = admission.member
      Console.print(
        "'\(member.id)' is a \(member.kind.rawValue) of '\(admission.root.name)' until "
          + member.notAfter.isoText.prefix(10))
      if !member.hosts.isEmpty {
        let hosts = member.hosts.map(\.description).joined(separator: ", ")
        Console.print("it may be dialled at \(hosts)")
      }
      Console.print("its identity is \(member.identity): ask it whether that is right")
      for file in [folder.certificateFile, folder.rootFile, folder.revocationFile] {
        Console.print("wrote \(file)")
      }
      Console.print(
        "\nnext: send these three files to '\(member.id)', who puts them beside its own request.pem"
      )
    }
  }

  struct Renew: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "renew", abstract: "Sign a new certificate for the keys that a member has.",
      discussion: "The old one stays valid until its end. For new keys, admit a new request.")
    @Argument(help: "The member's id.") var id: String
    @Option(
      help: "Where to write the files; by default 'renewed/ID' in the consortium's folder.",
      completion: .directory)
    var into: String?
    @OptionGroup var place: Place
    @OptionGroup var validity: Validity
    var isJSON: Bool { false }

    func perform() throws -> ExitStatus {
      let admissions = try place.authority().renew(
        PartyID(id), validity: validity.duration, at: SystemClock().now())
      let base = into ?? "\(place.consortium)/renewed/\(id)"
      for admission in admissions {
        let kind = admission.member.kind.rawValue
        let folder = MemberFolder(admissions.count == 1 ? base : "\(base)/\(kind)")
        try folder.make()
        try folder.install(admission)
        Admit.tell(admission, in: folder)
      }
      return .done
    }
  }

  struct Revoke: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Take back every certificate of a member.")
    @Argument(help: "The member's id.") var id: String
    @Option(help: "Why; it stays in the consortium's folder.") var reason: String?
    @OptionGroup var place: Place
    var isJSON: Bool { false }

    func perform() throws -> ExitStatus {
      let list = try place.authority().revoke(
        PartyID(id), reason: reason, at: SystemClock().now())
      Console.print("'\(id)' is a member no longer")
      Console.print("wrote \(place.consortium)/revoked.json, number \(list.number)")
      Console.print(
        "\nnext: put that file in place of 'keys/revoked.json' at the hub, which refuses '\(id)' from "
          + "then on and hands the list to the parties")
      return .done
    }
  }
}
