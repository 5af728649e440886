import MoiraModel
import Testing

@testable import MoiraFlow

@Suite struct SignatureTests {
  private let request = Signature.Request(
    method: "POST", target: "/v2/job/query?a=1", bodyDigest: Signature.digest(Array("{}".utf8)))

  private func signature(_ value: String, nonce: String = "n1") -> Signature? {
    let headers = [
      "appId": "123", "userName": "u", "Nonce": nonce, "Timestamp": "1700000000000",
      "Signature": value,
    ]
    return Signature { headers[$0] }
  }

  /// `printf 'POST\n/v2/job/query?a=1\n123\n1700000000000\nn1\n<sha256 of {}>\n' | openssl dgst -sha256 -hmac secret`
  private let expected = "e013bac46119a67f7f57036842d6ca68a6dc17bbeaf93ca22d160ce0149bf81c"

  @Test func theSignatureIsThatOfOpenSSL() throws {
    let one = try #require(signature(expected))
    #expect(one.isValid(for: request, token: "secret"))
    #expect(try #require(signature(expected.uppercased())).isValid(for: request, token: "secret"))
  }

  @Test func whateverIsChangedMakesItWrong() throws {
    let one = try #require(signature(expected))
    #expect(!one.isValid(for: request, token: "secret2"))
    let changed = [
      Signature.Request(method: "GET", target: request.target, bodyDigest: request.bodyDigest),
      Signature.Request(
        method: "POST", target: "/v2/job/query?a=2", bodyDigest: request.bodyDigest),
      Signature.Request(
        method: "POST", target: request.target, bodyDigest: Signature.digest(Array("{ }".utf8))),
    ]
    for other in changed { #expect(!one.isValid(for: other, token: "secret")) }
    #expect(
      !(try #require(signature(expected, nonce: "n2"))).isValid(for: request, token: "secret"))
    #expect(!(try #require(signature(""))).isValid(for: request, token: "secret"))
  }

  /// `hashlib.md5((hashlib.md5("123un11700000000000".encode()).hexdigest() + "secret").encode())`
  @Test func theLegacySignatureIsFATEs() throws {
    #expect(
      try #require(signature("c7d39025407fea59219cb9638e8dc224")).isValidLegacy(token: "secret"))
    #expect(
      !(try #require(signature("c7d39025407fea59219cb9638e8dc224"))).isValidLegacy(token: "other"))
  }

  @Test(
    "A header that is missing makes no signature",
    arguments: ["appId", "Nonce", "Timestamp", "Signature"])
  func missing(_ name: String) {
    let headers = ["appId": "1", "Nonce": "2", "Timestamp": "3", "Signature": "4"]
    #expect(Signature { $0 == name ? nil : headers[$0] } == nil)
  }

  @Test(
    "A time that is none is none",
    arguments: ["", "x", "-1", "99999999999999999999", "9223372036854775807"])
  func moments(_ text: String) {
    let headers = ["appId": "1", "Nonce": "2", "Timestamp": text, "Signature": "4"]
    #expect(Signature { headers[$0] }?.moment == nil)
  }

  @Test func aNonceIsTakenOnceUntilItsTimeIsOver() {
    var memory = NonceMemory()
    let now = Instant(milliseconds: 1000)
    let until = Instant(milliseconds: 2000)
    let take1 = memory.take("a", until: until, now: now)
    #expect(take1)
    let take2 = memory.take("a", until: until, now: now)
    #expect(!take2)
    let take3 = memory.take("a", until: until, now: until)
    #expect(!take3)
    let take4 = memory.take(
      "a", until: Instant(milliseconds: 4000), now: Instant(milliseconds: 2001))
    #expect(take4)
  }

  @Test func aFullMemoryTakesNoMoreRatherThanForget() {
    var memory = NonceMemory()
    let now = Instant(milliseconds: 0)
    let until = Instant(milliseconds: 10)
    for number in 0..<FlowLimits.nonces { _ = memory.take("\(number)", until: until, now: now) }
    let take5 = memory.take("one more", until: until, now: now)
    #expect(!take5)
    let take6 = memory.take(
      "later", until: Instant(milliseconds: 99), now: Instant(milliseconds: 11))
    #expect(take6)
  }
}

@Suite struct DataRootTests {
  @Test func onlyFilesBelowADeclaredFolderAreNamed() throws {
    let folder = try TestFolder()
    try folder.write("x", to: "data/a.csv")
    try folder.write("x", to: "secret.csv")
    try folder.write("x", to: "data-other/b.csv")
    try folder.link("data/link.csv", to: "secret.csv")
    try folder.link("data/up", to: ".")
    let roots = DataRoots([folder.path + "/data"])
    let real = try roots.existing(folder.path + "/data/a.csv", field: "file")
    #expect(real.hasSuffix("/data/a.csv"))
    for path in [
      "/secret.csv", "/data/../secret.csv", "/data-other/b.csv", "/data/link.csv",
      "/data/up/secret.csv", "/data/none.csv", "", "/data/a.csv\u{0}",
    ] {
      #expect(throws: FlowRefusal.self, "\(path)") {
        try roots.existing(folder.path + path, field: "file")
      }
    }
    #expect(throws: FlowRefusal.self) { try roots.existing("data/a.csv", field: "file") }
    #expect(throws: FlowRefusal.self) { try DataRoots([]).existing(real, field: "file") }
  }

  @Test func newFilesAreMadeBelowADeclaredFolderOnly() throws {
    let folder = try TestFolder()
    try folder.write("x", to: "data/a.csv")
    try folder.link("data/up", to: ".")
    let roots = DataRoots([folder.path + "/data"])
    #expect(try roots.new(folder.path + "/data/new", field: "path").hasSuffix("/data/new"))
    for path in ["/new", "/data/../new", "/data/up/new", "/data/none/new", "/data/.."] {
      #expect(throws: FlowRefusal.self, "\(path)") {
        try roots.new(folder.path + path, field: "path")
      }
    }
  }

  @Test func whatIsNotThereAndWhatLiesElsewhereAreToldAlike() throws {
    let folder = try TestFolder()
    try folder.write("x", to: "secret.csv")
    try folder.write("x", to: "data/a.csv")
    let roots = DataRoots([folder.path + "/data"])
    let texts = ["/secret.csv", "/nothing.csv"].map { name -> String? in
      do throws(FlowRefusal) {
        return try roots.existing(folder.path + name, field: "file")
      } catch {
        return error.message
      }
    }
    #expect(texts[0] == texts[1])
  }
}
