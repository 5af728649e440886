import MoiraModel
import MoiraPlan
import Testing

@testable import MoiraStorage

@Suite struct PartyFoldersTests {
  @Test("Folders that hold a party.yaml are listed by name")
  func list() throws {
    let folder = try TemporaryFolder()
    try folder.write("b/party.yaml", Array("id: b\n".utf8))
    try folder.write("a/party.yaml", Array("id: a\n".utf8))
    try folder.write("empty/other.yaml", [])
    try folder.write("loose.yaml", [])
    let folders = try PartyFolders.list(below: folder.path)
    #expect(folders.map(\.path) == ["\(folder.path)/a", "\(folder.path)/b"])
    #expect(folders.map(\.text) == ["id: a\n", "id: b\n"])
    #expect(folders.first?.file == "\(folder.path)/a/party.yaml")
    #expect(try PartyFolders.list(below: folder.path + "/nowhere").isEmpty)
  }

  @Test("A new party has a folder with its file, and is not made twice")
  func create() throws {
    let folder = try TemporaryFolder()
    let made = try PartyFolders.create("clinic", below: folder.path + "/parties")
    #expect(try PartyFolders.read(made.path) == made)
    #expect(try folder.files() == ["parties/clinic/party.yaml"])
    let twice = #expect(throws: Failure.self) {
      try PartyFolders.create("clinic", below: folder.path + "/parties")
    }
    #expect(twice?.code == "party-exists")
    let wrong = #expect(throws: Failure.self) {
      try PartyFolders.create("../clinic", below: folder.path + "/parties")
    }
    #expect(wrong?.code == "party-name")
  }

  @Test("A file is replaced whole")
  func rewrite() throws {
    let folder = try TemporaryFolder()
    let made = try PartyFolders.create("clinic", below: folder.path)
    try PartyFolders.rewrite(made.path, text: "id: clinic\n# ä\n")
    #expect(try PartyFolders.read(made.path).text == "id: clinic\n# ä\n")
    #expect(try folder.files() == ["clinic/party.yaml"])
    let failure = #expect(throws: Failure.self) {
      try PartyFolders.rewrite(folder.path + "/gone", text: "")
    }
    #expect(failure?.code == "party-unwritable")
    #expect(
      failure?.message == "'\(folder.path)/gone/party.yaml' cannot be written: no such file")
    let missing = #expect(throws: Failure.self) { try PartyFolders.read(folder.path + "/gone") }
    #expect(missing?.code == "party-unreadable")
  }
}
