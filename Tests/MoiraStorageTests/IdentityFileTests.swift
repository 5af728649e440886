import Foundation
import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraStorage

/// The long-term key of a party, and who may read it.
@Suite struct IdentityFileTests {
  private let path = NSTemporaryDirectory() + "moira-identity-\(UUID().uuidString)"

  private func code(_ body: () throws -> Void) -> (code: String?, hint: String?) {
    do {
      try body()
      return (nil, nil)
    } catch {
      return ((error as? Failure)?.code, (error as? Failure)?.hint)
    }
  }

  @Test func `a key is drawn once, for its user alone`() throws {
    defer { unlink(path) }
    let key = try IdentityFile.key(at: path)
    #expect(try IdentityFile.key(at: path).publicKey == key.publicKey)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test(arguments: [0o604, 0o644, 0o602, 0o601] as [mode_t])
  func `a key that others may read, change or run is refused, with what to type`(mode: mode_t)
    throws
  {
    defer { unlink(path) }
    let key = try IdentityFile.key(at: path)
    chmod(path, mode)
    let found = code { _ = try IdentityFile.key(at: path) }
    #expect(found.code == "keys-exposed")
    #expect(found.hint == "chmod 600 \(path); if others have accounts here, make new keys")
    chmod(path, 0o600)
    #expect(try IdentityFile.key(at: path).publicKey == key.publicKey)
  }

  @Test(arguments: [0o400, 0o640, 0o440, 0o660] as [mode_t])
  func `a key that a group may read is taken: containers have mounted secrets by their group`(
    mode: mode_t
  ) throws {
    defer { unlink(path) }
    let key = try IdentityFile.key(at: path)
    chmod(path, mode)
    #expect(try IdentityFile.key(at: path).publicKey == key.publicKey)
  }
}
