import Foundation
import MoiraModel
import Synchronization

@testable import MoiraPostgres

/// A PostgreSQL server of the tests' own: a new cluster in a temporary folder, reached by a Unix socket
/// only. It goes with this process, however that ends: a shell holds the other end of a pipe.
final class PostgresServer: Sendable {
  /// Why there can be none; nil if there can.
  static let absence: String? =
    if binaries == nil {
      "PostgreSQL's server is not installed ('apt-get install postgresql')"
    } else if geteuid() == 0, getpwnam("postgres") == nil {
      "initdb refuses root, and there is no user 'postgres'"
    } else {
      nil
    }

  /// For all tests that leave the server as it is. Each has a schema of its own.
  static let shared = Result { try PostgresServer() }

  private static let binaries: String? = {
    let manager = FileManager.default
    let installed = "/usr/lib/postgresql"
    let versions = ((try? manager.contentsOfDirectory(atPath: installed)) ?? []).sorted {
      (Int($0) ?? 0) > (Int($1) ?? 0)
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders =
      versions.map { "\(installed)/\($0)/bin" } + path.split(separator: ":").map(String.init)
    return folders.first {
      manager.isExecutableFile(atPath: "\($0)/initdb")
        && manager.isExecutableFile(atPath: "\($0)/pg_ctl")
    }
  }()

  private static let script = """
    trap '' INT HUP TERM
    "$1/initdb" -N -D "$2/data" -A trust -U moira -E UTF8 --locale=C >"$2/initdb.log" 2>&1 || exit 1
    echo 'local all guarded scram-sha-256' | cat - "$2/data/pg_hba.conf" >"$2/hba"
    cp "$2/hba" "$2/data/pg_hba.conf"
    {
      echo "listen_addresses = ''"
      echo "unix_socket_directories = '$2'"
      echo "max_connections = 300"
    } >>"$2/data/postgresql.conf"
    "$1/pg_ctl" -D "$2/data" -l "$2/log" -w start >/dev/null 2>&1 || exit 1
    echo 0
    while read -r line; do
      "$1/pg_ctl" -D "$2/data" -l "$2/log" -w $line >/dev/null 2>&1
      echo $?
    done
    "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$2"
    """

  let folder: String
  private let binaries: String
  private let keeper: Process
  private let input = Pipe()
  private let output = Pipe()
  private let count = Atomic(0)

  init() throws {
    binaries = try Self.binaries.orMissing("initdb")
    // Not the folder for temporary files: the path of a socket has 107 bytes at most.
    folder = "/tmp/moira-pg-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    if geteuid() == 0, let user = getpwnam("postgres") {
      _ = chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
    }
    keeper = Self.process(["sh", "-c", Self.script, "sh", binaries, folder])
    keeper.standardInput = input
    keeper.standardOutput = output
    try keeper.run()
    try Self.expectSuccess(output.fileHandleForReading.availableData)
  }

  deinit { try? input.fileHandleForWriting.close() }

  /// As the user whom PostgreSQL accepts.
  private static func process(_ command: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = (geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []) + command
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    return process
  }

  private static func expectSuccess(_ answer: Data) throws {
    let text = String(decoding: answer, as: UTF8.self)
    if text != "0\n" { throw Failure("made-up", "pg_ctl ended with '\(text)'") }
  }

  /// `pg_ctl` with the arguments; returns when it is done.
  func control(_ arguments: String) async throws {
    input.fileHandleForWriting.write(Data((arguments + "\n").utf8))
    let output = output
    let answer = await withCheckedContinuation { continuation in
      // It waits for the server on a thread that no task needs.
      DispatchQueue(label: "pg_ctl").async {
        continuation.resume(returning: output.fileHandleForReading.availableData)
      }
    }
    try Self.expectSuccess(answer)
  }

  /// From its next start on the server follows another one, which there is not, until it is promoted.
  func makeFollower() throws {
    let signal = "\(folder)/data/standby.signal"
    try Data().write(to: URL(fileURLWithPath: signal))
    if geteuid() == 0, let user = getpwnam("postgres") {
      _ = chown(signal, user.pointee.pw_uid, user.pointee.pw_gid)
    }
  }

  func url(schema: String = "public", user: String = "moira") -> String {
    "postgresql://\(user)@/postgres?host=\(folder)&options=-csearch_path%3D\(schema)"
      + "&application_name=\(schema)"
  }

  /// The URL of a schema that was not there before.
  func freshURL() async throws -> String {
    let name = "t\(count.add(1, ordering: .relaxed).newValue)"
    try await ask { try $0.run(script: "CREATE SCHEMA \(name)") }
    return url(schema: name)
  }

  /// Asks the server past the store.
  func ask<Value: Sendable>(
    _ url: String? = nil, _ body: @Sendable (Connection) throws -> Value
  ) async throws -> Value {
    let session = Session(try DatabaseAddress(url ?? self.url()), bounds: .generous)
    return try await session.repeatable(patience: .seconds(20), body)
  }
}

extension ConnectionBounds {
  static let generous = ConnectionBounds(
    statement: .seconds(60), answer: .seconds(70), idle: .seconds(60))
}
