import MoiraModel
import MoiraRuntime
import Testing

@testable import MoiraPostgres

/// What a wrong URL or an unwilling server gets.
@Suite struct PostgresRefusalTests {
  @Test(
    "A URL that is none is refused without being shown",
    arguments: [
      ("", "it does not begin with 'postgresql://'"),
      ("mysql://u:sesame@h/n", "it does not begin with 'postgresql://'"),
      ("host=h password=sesame", "it does not begin with 'postgresql://'"),
      ("postgresql://u:ses%zzame@h/n", "libpq cannot read it"),
      ("postgresql://u:sesame@h/n?sesame=1", "libpq cannot read it"),
      ("postgresql://u:sesame@[h/n", "libpq cannot read it"),
    ])
  func malformed(_ url: String, _ fact: String) async {
    let failure = await #expect(throws: Failure.self) { try await PostgresJobStore(url: url) }
    #expect(failure?.code == "database-url")
    #expect(
      failure?.message == "the database's URL must name a PostgreSQL database, but \(fact)")
    #expect("\(failure as Any)".contains("sesame") == false)
  }

  @Test(
    "A database is named by its name, host and port",
    arguments: [
      ("postgresql://u:p@db.example:5433/moira", "the database 'moira' at 'db.example:5433'"),
      ("postgres://db.example/moira?sslmode=require", "the database 'moira' at 'db.example'"),
      ("postgresql:///moira", "the database 'moira' on this machine"),
      ("postgresql://u@h", "the user's own database at 'h'"),
      ("postgresql://u@a:1,b:2/n", "the database 'n' at 'a,b:1,2'"),
      ("postgresql:///n?host=/run/pg", "the database 'n' at '/run/pg'"),
    ])
  func place(_ url: String, _ place: String) throws {
    #expect(try DatabaseAddress(url).place == place)
  }

  @Test("A server that is not there is named, with the password nowhere")
  func unreachable() async {
    let failure = await #expect(throws: Failure.self) {
      try await PostgresJobStore(
        url: "postgresql://u:sesame@/n?host=/nowhere", patience: .milliseconds(50))
    }
    #expect(failure?.code == "database-unreachable")
    #expect(failure?.isTransient == true)
    #expect(
      failure?.message
        == "the database 'n' at '/nowhere' cannot be used now: it does not answer")
    #expect("\(failure as Any)".contains("sesame") == false)
  }

  private static let refusals = [
    ("guarded:sesame@/postgres?", "the user may not log in"),
    ("stranger@/postgres?", "the user may not log in"),
    ("moira@/nothing?", "there is no such database"),
    ("moira@/postgres?options=-csearch_path%3Dgone&", "no schema of its 'search_path' exists"),
    ("weak@/postgres?", "the user lacks a permission"),
  ]

  @Test(
    "What a server refuses for good is named at once",
    .enabled(if: PostgresServer.absence == nil, "\(PostgresServer.absence ?? "")"))
  func refused() async throws {
    let server = try PostgresServer.shared.get()
    try await server.ask {
      try $0.run("CREATE USER guarded PASSWORD 'other'")
      try $0.run("CREATE USER weak")
      try $0.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    }
    for (rest, fact) in Self.refusals {
      let failure = await #expect(throws: Failure.self, "\(rest)") {
        // Who tried again would do so for an hour.
        try await PostgresJobStore(
          url: "postgresql://\(rest)host=\(server.folder)", patience: .seconds(3600))
      }
      #expect(failure?.code == "database-refused")
      #expect(failure?.isTransient == false)
      #expect(failure?.message.hasSuffix(" at '\(server.folder)' refuses: \(fact)") == true)
      #expect("\(failure as Any)".contains("sesame") == false)
    }
  }
}
