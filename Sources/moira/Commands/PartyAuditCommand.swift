import ArgumentParser
import MoiraConfig
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraStorage

/// Lists or verifies a party's audit log.
struct PartyAuditCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "List what a party decided and what left it, or verify that nobody changed the list.",
    discussion: """
      With '--verify': exit code 0 when every line follows the one before and the signed head holds, \
      77 when not.
      """)

  @Argument(help: "The party's folder, or its id.", completion: .directory) var folder: String?
  @Flag(help: "Check the hashes of all lines and the signed head.") var verify = false
  @Option(
    help: ArgumentHelp(
      "Who must have signed the head; by default, whoever it names.",
      valueName: "64 hexadecimal digits"))
  var key: String?
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() throws -> ExitStatus {
    let party = try ChosenParty(folder)
    let verdict = try AuditVerdict(
      path: party.audit, party: party.profile.id, key: try expected())
    if isJSON {
      Console.print(AuditText.json(verdict, isListed: !verify).json(indent: 2))
    } else if verify {
      AuditText.show(verdict, path: party.audit)
    } else {
      AuditText.list(verdict)
    }
    // Whoever lists a log that was changed shall know it too.
    if let flaw = verdict.flaw {
      if !isJSON { Console.printError(AuditText.flaw(flaw, path: party.audit, .errors)) }
      return .refused
    }
    return .done
  }

  private func expected() throws -> IdentityPublicKey? {
    guard let key else { return nil }
    guard let bytes = hexadecimalBytes(key), let expected = try? IdentityPublicKey(bytes) else {
      throw ValidationError("--key must be 64 lower-case hexadecimal digits")
    }
    return expected
  }
}
