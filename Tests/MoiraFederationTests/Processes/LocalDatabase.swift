import Foundation

/// A PostgreSQL server of one test's, reached by a socket in its folder alone; gone with this process.
final class LocalDatabase {
  private static let binaries: String? = {
    let manager = FileManager.default
    let installed = "/usr/lib/postgresql"
    let versions = (try? manager.contentsOfDirectory(atPath: installed)) ?? []
    return versions.map { "\(installed)/\($0)/bin" }.first {
      manager.isExecutableFile(atPath: "\($0)/initdb")
    }
  }()

  /// Whether there can be one here: the server is installed, and has a user that is not root.
  static let isHere = binaries != nil && (geteuid() != 0 || getpwnam("postgres") != nil)

  private static let script = """
    trap '' INT HUP TERM
    "$1/initdb" -N -D "$2/data" -A trust -U moira -E UTF8 --locale=C >"$2/initdb.log" 2>&1 || exit 1
    "$1/pg_ctl" -D "$2/data" -l "$2/log" -w \
      -o "-c listen_addresses= -c unix_socket_directories=$2" start >/dev/null 2>&1 || exit 1
    echo ready
    cat >/dev/null
    "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$2"
    """

  /// Not in the folder for temporary files: the path of a socket has 107 bytes at most.
  private let folder = "/tmp/moira-db-\(UUID().uuidString.prefix(8))"
  private let keeper = Process()
  private let input = Pipe()

  init() throws {
    guard let binaries = Self.binaries else { throw FederationFault(text: "no PostgreSQL") }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    if geteuid() == 0, let user = getpwnam("postgres") {
      _ = chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
    }
    let output = Pipe()
    keeper.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    keeper.arguments =
      (geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] : [])
      + ["sh", "-c", Self.script, "sh", binaries, folder]
    keeper.currentDirectoryURL = URL(fileURLWithPath: "/")
    keeper.standardInput = input
    keeper.standardOutput = output
    try keeper.run()
    guard output.fileHandleForReading.availableData == Data("ready\n".utf8) else {
      throw FederationFault(text: "PostgreSQL does not start")
    }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    keeper.waitUntilExit()
  }

  var url: String { "postgresql://moira@/postgres?host=\(folder)" }
}
