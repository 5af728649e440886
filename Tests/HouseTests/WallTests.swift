import Testing

/// What the compiler does not hold: which module may use what.
@Suite struct WallTests {
  private static let pure: Set<String> = [
    "MoiraModel", "MoiraConfig", "MoiraPlan", "MoiraSchedule", "MoiraTable", "MoiraMath",
    "MoiraCrypto", "MoiraProtocols", "MoiraPrivacy", "MoiraRelay",
  ]
  private static let adapters: Set<String> = [
    "MoiraYAML", "MoiraStorage", "MoiraWire", "MoiraBoard", "MoiraSim", "MoiraFlow",
  ]
  private static let libm: Set<String> = ["Glibc", "Musl", "Darwin"]
  /// What each pure module may import beside Moira's own modules, and why.
  private static let allowed: [String: Set<String>] = [
    // A parameter's value is bound through a shared box.
    "MoiraConfig": ["Synchronization"],
    "MoiraMath": ["CKernels"],
    // Labels that masked once are remembered in a shared set.
    "MoiraCrypto": ["Crypto", "_CryptoExtras", "Synchronization", "CGMP", "CKernels"],
    // A round of secure sums is begun once: its secrets are taken out of a shared place.
    "MoiraProtocols": ["Synchronization"],
    "MoiraPlan": ["Collections", "OrderedCollections"],
    "MoiraSchedule": ["Collections", "OrderedCollections", "DequeModule"],
    "MoiraPrivacy": ["Numerics", "RealModule"],
  ]

  /// What each module may import of Moira; the executable may import all.
  private static let floors: [String: Set<String>] = {
    let low: Set<String> = ["MoiraModel", "MoiraConfig", "MoiraPlan", "MoiraTable"]
    let middle = low.union([
      "MoiraMath", "MoiraCrypto", "MoiraProtocols", "MoiraSchedule", "MoiraPrivacy",
    ])
    return [
      "MoiraModel": [], "MoiraConfig": ["MoiraModel"], "MoiraPlan": ["MoiraModel", "MoiraConfig"],
      "MoiraSchedule": ["MoiraModel"], "MoiraTable": ["MoiraModel"], "MoiraMath": ["MoiraModel"],
      "MoiraCrypto": ["MoiraModel"], "MoiraProtocols": ["MoiraModel", "MoiraCrypto"],
      "MoiraPrivacy": ["MoiraModel", "MoiraMath"], "MoiraKit": low.union(["MoiraCrypto"]),
      "MoiraScript": low, "MoiraRelay": ["MoiraModel", "MoiraSchedule"],
      "MoiraComponents": middle.union(["MoiraKit"]),
      "MoiraRuntime": middle.union(["MoiraKit", "MoiraRelay"]),
      "MoiraYAML": ["MoiraModel", "MoiraConfig"],
      "MoiraStorage": middle.union(["MoiraKit", "MoiraRuntime"]),
      "MoiraSim": middle.union(["MoiraKit", "MoiraRuntime"]),
      "MoiraWire": middle.union(["MoiraKit", "MoiraRelay", "MoiraRuntime"]),
      "MoiraBoard": middle.union(["MoiraKit", "MoiraRuntime"]),
      "MoiraFlow": middle.union(["MoiraKit", "MoiraRuntime"]),
    ]
  }()

  @Test func thereAreSourcesToLookAt() {
    #expect(Repository.sources.count > 80)
    #expect(
      Set(Repository.sources.map(\.module)).isSuperset(of: Self.pure.subtracting(["MoiraPrivacy"])))
  }

  @Test func importsGoDownOnly() {
    for file in Repository.sources where file.module != "moira" {
      let own = file.imports.filter { $0.hasPrefix("Moira") }
      guard let floor = Self.floors[file.module] else {
        #expect(own.isEmpty, "\(file.path) is of a module that stands on no floor")
        continue
      }
      for name in own where name != file.module {
        #expect(floor.contains(name), "\(file.path) imports \(name)")
      }
    }
  }

  @Test func thePureFloorsImportNothingThatReachesOut() {
    for file in Repository.sources where Self.pure.contains(file.module) {
      for name in file.imports where !name.hasPrefix("Moira") {
        let isLibm = Self.libm.contains(name) && file.name == "Libm.swift"
        let isAllowed = Self.allowed[file.module]?.contains(name) == true
        #expect(isLibm || isAllowed, "\(file.path) imports \(name)")
      }
    }
  }

  @Test func adaptersDoNotSeeEachOther() {
    for file in Repository.sources where Self.adapters.contains(file.module) {
      for name in file.imports where name != file.module {
        #expect(!Self.adapters.contains(name), "\(file.path) imports \(name)")
      }
    }
  }

  @Test(arguments: [
    ("ArgumentParser", "moira"), ("GRDB", "MoiraStorage"), ("CLibYAML", "MoiraYAML"),
    ("CZlib", "MoiraStorage"), ("CGMP", "MoiraCrypto"), ("Hummingbird", "MoiraFlow"),
    ("NIOCore", "MoiraFlow"),
  ])
  func eachHeavyDependencyHasOneHome(name: String, home: String) {
    for file in Repository.sources where file.imports.contains(name) {
      #expect(file.module == home, "\(file.path) imports \(name)")
    }
  }

  @Test func thePureFloorsDoNothingButCompute() {
    for file in Repository.sources where Self.pure.contains(file.module) {
      for one in Self.forbidden {
        for (number, line) in file.code(with: one.word) where line.contains(one.pattern) {
          // It is the one type that names the system's secure generator.
          if one.word.hasPrefix("SystemRandom"), file.name == "SystemSecureGenerator.swift" {
            continue
          }
          Issue.record("\(file.path):\(number) uses \(one.what)")
        }
      }
    }
  }

  private struct Forbidden {
    let what: String
    /// A word that every line that breaks the rule has.
    let word: String
    let pattern: Regex<Substring>
  }

  private static var forbidden: [Forbidden] {
    [
      Forbidden(what: "async", word: "async", pattern: /\basync\b/),
      Forbidden(what: "await", word: "await", pattern: /\bawait\b/),
      Forbidden(what: "a Task", word: "Task", pattern: /\bTask(?:\.detached)?\s*\{/),
      Forbidden(what: "an actor", word: "actor ", pattern: /\bactor\s+\w+/),
      Forbidden(what: "print", word: "rint(", pattern: /\b(?:debugPrint|print)\(/),
      Forbidden(what: "the wall clock", word: "Date(", pattern: /\bDate\(/),
      Forbidden(what: "a clock", word: "Clock", pattern: /\b(?:Continuous|Suspending)Clock\b/),
      Forbidden(what: "the file system", word: "FileManager", pattern: /\bFileManager\b/),
      Forbidden(what: "the file system", word: "fopen(", pattern: /\bfopen\(/),
      Forbidden(what: "the environment", word: "getenv(", pattern: /\bgetenv\(/),
      Forbidden(
        what: "the system's generator", word: "SystemRandomNumberGenerator",
        pattern: /\bSystemRandomNumberGenerator\b/),
      Forbidden(what: "a hidden generator", word: "shuffle", pattern: /\.shuffled?\(\)/),
      Forbidden(
        what: "a hidden generator", word: "random",
        pattern: /\.random(?:Element)?\((?:in: [^,)]*)?\)/
      ),
    ]
  }
}
