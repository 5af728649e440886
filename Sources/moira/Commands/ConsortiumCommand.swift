import ArgumentParser
import Foundation
import MoiraConfig
import MoiraModel
import MoiraSim
import MoiraWire

/// Keeps the authority that says who is a member.
struct ConsortiumCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consortium", abstract: "Say who may take part: admit, renew and revoke members.",
    discussion: """
      moira consortium init heart-study
      moira consortium admit hospital-a/keys/request.pem

      Whoever has the consortium's 'ca.key' can admit anybody: it belongs on a machine of its own.
      """,
    subcommands: [Init.self, Admit.self, List.self, Renew.self, Revoke.self])

  static let defaultFolder = "consortium"

  /// Where the authority lies.
  struct Place: ParsableArguments {
    @Option(
      help: "The consortium's folder; by default 'consortium' here.", completion: .directory)
    var consortium = ConsortiumCommand.defaultFolder

    func authority() throws(Failure) -> ConsortiumAuthority {
      try ConsortiumAuthority.load(consortium)
    }
  }

  /// For how long.
  struct Validity: ParsableArguments {
    @Option(help: "For how many days the certificate is valid.") var days = 365

    func validate() throws {
      guard (1...3650).contains(days) else {
        throw ValidationError("'--days' must be 1 to 3650, but is \(days)")
      }
    }

    var duration: Duration { .seconds(days * 86_400) }
  }

  struct Init: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Make the authority of a new consortium.")
    @Argument(help: "The consortium's name: heart-study.") var name: String
    @Option(help: "The folder to make; by default 'consortium' here.", completion: .directory)
    var folder = ConsortiumCommand.defaultFolder
    var isJSON: Bool { false }

    func perform() throws -> ExitStatus {
      let made = try ConsortiumAuthority.create(named: name, in: folder, at: SystemClock().now())
      for file in ["ca.key", "ca.pem", "members.json", "revoked.json"] {
        Console.print("wrote \(folder)/\(file)")
      }
      Console.print("'\(name)' has the fingerprint \(made.root.fingerprint)")
      Console.print("\nkeep '\(folder)/ca.key' secret, and a copy of the folder in a safe place")
      Console.print(
        "next: moira hub init hub --address HOST:PORT\n"
          + "      moira consortium admit hub/keys/request.pem" + at(folder))
      return .done
    }
  }

  struct List: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the members' certificates.")
    @OptionGroup var place: Place
    @OptionGroup var output: OutputOptions
    var isJSON: Bool { output.format == .json }

    func perform() throws -> ExitStatus {
      let authority = try place.authority()
      let now = SystemClock().now()
      let all = try authority.certificates()
      if isJSON {
        Console.print(ConfigValue.list(all.map { json($0, now) }).json(indent: 2))
      } else if all.isEmpty {
        Console.print(
          "no members of '\(authority.root.name)' yet; 'moira consortium admit REQUEST' makes one")
      } else {
        var table = TextTable(["member", "kind", "certificate", "until", "serial", "reason"])
        for one in all {
          table.add([
            one.member.text, one.kind.rawValue, one.standing(at: now).rawValue,
            String(one.notAfter.isoText.prefix(10)), String(one.serial.text.prefix(16)),
            one.revoked?.reason ?? "",
          ])
        }
        for line in table.lines(.output) { Console.print(line) }
      }
      return .done
    }

    private func json(_ one: AdmittedCertificate, _ now: Instant) -> ConfigValue {
      .map([
        ("member", .string(one.member.text)), ("kind", .string(one.kind.rawValue)),
        ("certificate", .string(one.standing(at: now).rawValue)),
        ("serial", .string(one.serial.text)), ("identity", .string("\(one.identity)")),
        ("admitted", .string(one.admitted.isoText)),
        ("not_before", .string(one.notBefore.isoText)),
        ("not_after", .string(one.notAfter.isoText)),
        ("revoked", one.revoked.map { .string($0.time.isoText) } ?? .null),
        ("reason", one.revoked?.reason.map { .string($0) } ?? .null),
      ])
    }
  }

  /// The option that a command needs which comes after, if any.
  static func at(_ folder: String) -> String {
    folder == defaultFolder ? "" : " --consortium \(folder)"
  }
}

private func at(_ folder: String) -> String { ConsortiumCommand.at(folder) }
