import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraYAML
import Testing

/// What a `party.yaml` says beside its datasets.
@Suite struct PartyPolicyReadingTests {
  static let whole = """
    id: hospital-a
    datasets: {breast: breast.csv, digits: digits.csv}
    hub: {address: hub.example.org:7433}
    direct: {listen: "0.0.0.0:7443", address: "[2001:db8::7]:7443"}
    resources: {slots: 2, memory: 4096}
    policy:
      submitters: [alice, hospital-a]
      partners: [hospital-b, hub]
      roles: [guest, host]
      components: [reader, homo_lr@2]
      datasets:
        breast:
          submitters: [alice]
          components: [homo_lr]
          minimum_rows: 50
          epsilon: {per_partner: 3.0, delta: 1e-6, without_noise: [evaluator]}
        digits:
      protections: [paillier]
      hours: {from: "20:00", to: "06:00", utc_offset: "+02:00", days: [mon, fri]}
      limits: {tasks: 100, parallelism: 8, memory: 4096, timeout: 86400}
      release: [model, metrics]
    """

  private func profile(_ text: String) throws -> PartyProfile {
    try PartyProfile(reading: readYAML(text, file: "party.yaml"))
  }

  /// Everything wrong with lines below `id` and `datasets`, as `line:column code message (hint)`.
  private func faults(_ text: String) throws -> [String] {
    do {
      _ = try profile("id: a\ndatasets: {breast: b.csv}\n" + text)
      return []
    } catch let diagnostics as Diagnostics {
      return diagnostics.sorted.map { one in
        let place = one.site.map { "\($0.line):\($0.column)" } ?? "-"
        return "\(place) \(one.code) \(one.message)" + (one.hint.map { " (\($0))" } ?? "")
      }
    }
  }

  @Test("A policy is read as it is written, and knows where each rule stands")
  func reading() throws {
    let profile = try profile(Self.whole)
    #expect(profile.hub == NetworkAddress(host: "hub.example.org", port: 7433))
    #expect(profile.direct?.listen.description == "0.0.0.0:7443")
    #expect(profile.direct?.address == NetworkAddress(host: "2001:db8::7", port: 7443))
    #expect(profile.direct?.address.description == "[2001:db8::7]:7443")
    #expect(profile.resources == .init(slots: 2, memory: 4096))
    let policy = try #require(profile.policy)
    #expect(policy.submitters == NameRule(["alice", "hospital-a"]))
    #expect(policy.components.allows("homo_lr", version: 2))
    #expect(!policy.components.allows("homo_lr", version: 3))
    #expect(policy.components.allows("reader", version: 9))
    let breast = try #require(policy.datasets["breast"])
    #expect(breast.minimumRows == 50)
    #expect(breast.epsilon?.perPartner == 3)
    #expect(breast.epsilon?.delta == 1e-6)
    #expect(breast.epsilon?.withoutNoise.allows("evaluator", version: 1) == true)
    #expect(policy.datasets["digits"] == DatasetRules.Rule())
    #expect(policy.datasets["other"] == nil)
    #expect(
      policy.hours
        == OpeningHours(from: 1200, to: 360, utcOffset: 120, days: [.mon, .fri]))
    #expect(policy.limits == .init(tasks: 100, parallelism: 8, memory: 4096, timeout: 86400))
    #expect(policy.releases(.model))
    #expect(!policy.releases(.scaler))
    #expect(policy.site(of: "policy.submitters")?.line == 7)
    #expect(policy.site(of: "policy.datasets.breast.minimum_rows")?.line == 15)
    #expect(policy.site(of: "policy.datasets.digits.minimum_rows")?.line == 17)
    #expect(policy.site(of: "policy.limits.tasks")?.line == 20)
  }

  @Test("What is not written allows nothing, but for methods that protect")
  func defaults() throws {
    #expect(try profile("id: a").policy == nil)
    #expect(try profile("id: a\npolicy:").policy == nil)
    let policy = try #require(try profile("id: a\npolicy: {}").policy)
    #expect(!policy.submitters.allows("a"))
    #expect(!policy.partners.allows("b"))
    #expect(!policy.roles.allows("guest"))
    #expect(!policy.components.allows("reader", version: 1))
    #expect(policy.datasets["breast"] == nil)
    #expect(policy.protections.names == ["secure_aggregation", "secret_sharing", "paillier"])
    #expect(!policy.releases(.model))
    #expect(try profile("id: a").resources == .init(slots: 4, memory: 8192))
  }

  @Test("Rows and keys are released to nobody, not even by 'any'")
  func release() throws {
    var policy = PartyPolicy()
    policy.release = NameRule(["any"])
    #expect(policy.releases(.metrics))
    #expect(!policy.releases(.table))
    #expect(!policy.releases(.protection))
  }

  @Test("Everything wrong is found in one reading, each at its place with a hint")
  func wrong() throws {
    let found = try faults(
      """
      hubb: x
      policy:
        submittors: [alice]
        partners: [hospital-b, "a b"]
        roles: [guest, hosst]
        components: [homo_lr@x]
        datasets: {brest: {minimum_rows: -1, epsilon: {delta: 1}}}
        limits: {tasks: 0, parallel: 3}
        release: [modle, table]
      """)
    #expect(
      found == [
        "3:1 key-unknown 'hubb' is not a key of a party's file (did you mean 'hub'?)",
        "5:3 param-unknown 'submittors' is not a parameter of 'policy' (did you mean 'submitters'?)",
        "6:26 policy-form 'a b' in 'policy.partners' is not a name (letters, digits, '-', '_' and '.', beginning with a letter or digit; or any)",
        "7:18 param-choice 'policy.roles' may hold guest, host, arbiter and any, but has 'hosst' (did you mean 'host'?)",
        "8:16 policy-form 'homo_lr@x' in 'policy.components' is not a component (homo_lr for all its versions, homo_lr@2 for one, or any)",
        "9:14 dataset-unregistered 'policy.datasets' names 'brest', which is not registered (did you mean 'breast'?)",
        "9:36 param-out-of-range 'policy.datasets.brest.minimum_rows' must be at least 0, but is -1",
        "9:49 param-missing a party's file needs the parameter 'policy.datasets.brest.epsilon.per_partner' (per_partner: What all jobs together may spend towards one partner.)",
        "9:57 param-out-of-range 'policy.datasets.brest.epsilon.delta' must be less than 0.1, but is 1 (allowed: more than 0 and less than 0.1)",
        "10:19 param-out-of-range 'policy.limits.tasks' must be at least 1, but is 0",
        "10:22 param-unknown 'parallel' is not a parameter of 'policy.limits' (did you mean 'parallelism'?)",
        "11:13 param-choice 'policy.release' may hold model, scaler, metrics and statistics, but has 'modle' (did you mean 'model'?)",
        "11:20 param-choice 'policy.release' may hold model, scaler, metrics and statistics, but has 'table'",
      ])
  }

  @Test(
    "Hours and addresses that are none are refused at their place",
    arguments: [
      (
        "policy: {hours: {from: \"8:00\"}}",
        "3:24 policy-form 'policy.hours.from' must be a time of the day, but is '8:00' (from: \"06:00\")"
      ),
      (
        "policy: {hours: {from: \"08:00\", to: \"08:00\"}}",
        "3:37 policy-form 'policy.hours' must begin and end at two times of the day (leave 'hours' out for any time)"
      ),
      (
        "policy: {hours: {utc_offset: CET}}",
        "3:30 policy-form 'policy.hours.utc_offset' must be an offset from UTC, but is 'CET' (utc_offset: \"+02:00\")"
      ),
      (
        "policy: {hours: {days: [mon, tues]}}",
        "3:30 param-choice 'policy.hours.days' may hold mon, tue, wed, thu, fri, sat and sun, but has 'tues' (did you mean 'tue'?)"
      ),
      (
        "hub: example.org",
        "3:6 address-form 'hub.address' must be a host and a port, but is 'example.org' (hub.example.org:7433, 10.0.0.7:7433 or \"[2001:db8::7]:7433\")"
      ),
      ("policy: yes", "3:9 param-type 'policy' must be a mapping, but is 'yes'"),
    ])
  func hours(_ text: String, _ fault: String) throws {
    #expect(try faults(text) == [fault])
  }

  @Test(
    "Addresses that are none",
    arguments: [
      "", ":1", "a:", "a:0", "a:65536", "a:+1", "a b:1", "[::1]", "[]:1", "[x]:1", "::1:7433",
      "http://a:1", "a:1:2", "a:00000001",
    ])
  func addresses(_ text: String) {
    #expect(NetworkAddress(text) == nil)
  }

  @Test("A new party's file reads, also with its example taken up as it stands")
  func newText() throws {
    let text = PartyProfile.newText(id: "hospital-a", hub: "hub.example.org:7433")
    let plain = try profile(text)
    #expect(plain.hub?.port == 7433)
    #expect(plain.policy == nil)
    #expect(try profile(PartyProfile.newText(id: "hospital-a")).hub == nil)
    let start = try #require(text.range(of: "# policy:"))
    let example = text[start.lowerBound...].split(separator: "\n").map { $0.dropFirst(2) }
      .joined(separator: "\n")
    let registered = text[..<start.lowerBound].replacingOccurrences(of: "{}", with: "{breast: b}")
    let policy = try #require(try profile(registered + example).policy)
    #expect(policy.datasets["breast"]?.epsilon?.perPartner == 3)
    #expect(policy.limits.tasks == 100)
    #expect(policy.hours != nil)
  }

  @Test("The rules in words")
  func words() throws {
    let policy = try #require(try profile(Self.whole).policy)
    #expect(
      policy.sentences.map { "\($0.rule): \($0.words)" } == [
        "policy.submitters: Jobs may be submitted by alice and hospital-a.",
        "policy.partners: In a job with us may be hospital-b and hub.",
        "policy.roles: In a job we may be guest and host.",
        "policy.components: Here may run reader and homo_lr@2.",
        "policy.datasets.breast: 'breast' may be read: by alice only; into homo_lr only; if it has 50 rows or more; trained on with differential privacy only, epsilon 3 towards each partner over all jobs, delta 1e-06 at most in each; sums of it without noise by evaluator, uncounted.",
        "policy.datasets.digits: 'digits' may be read.",
        "policy.protections: Sums of our rows may be hidden by paillier.",
        "policy.hours: Jobs are taken on from 20:00 to 06:00 (UTC+02:00) on mon, fri.",
        "policy.limits: A job may have 100 tasks, 8 of them at once, 4096 megabytes and 86400 seconds an attempt at most.",
        "policy.release: A submitter may fetch artifacts of the kind model, metrics; rows and keys never.",
      ])
    #expect(
      PartyPolicy().sentences.map(\.words) == [
        "Jobs may be submitted by nobody.", "In a job with us may be nobody.",
        "In a job we may be nothing.", "Here may run nothing.", "No dataset may be read.",
        "Sums of our rows may be hidden by no method, so none leave.",
        "Jobs are taken on at any time.", "A job may be of any size.",
        "Nothing leaves on a submitter's request.",
      ])
  }

  @Test("A changed file gives a profile or diagnostics inside it", arguments: 0..<20)
  func mutations(seed: Int) throws {
    var random = SeededGenerator(seed: 500 + UInt64(seed))
    let bytes = Array(Self.whole.utf8)
    let alphabet = Array("ab:- \n[]{},@&*|\"'#?~0.9\u{0}é".utf8)
    for _ in 0..<500 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: changed.remove(at: place)
        case 1: changed.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        case 2: changed[place] = alphabet.randomElement(using: &random) ?? 0
        default:
          let end = min(changed.count, place + Int.random(in: 1...30, using: &random))
          let piece = changed[place..<end]
          changed.insert(contentsOf: piece, at: Int.random(in: 0..<changed.count, using: &random))
        }
      }
      let text = String(decoding: changed, as: UTF8.self)
      let lines = text.count { $0 == "\n" || $0 == "\r\n" } + 2
      do {
        let policy = try profile(text).policy
        #expect(policy?.sentences.isEmpty != true)
      } catch let found as Diagnostics {
        #expect(found.hasErrors)
        for one in found.all { #expect(one.site.map { $0.line <= lines } ?? true) }
      }
    }
  }
}

@Suite struct OpeningHoursTests {
  /// 2026-11-23 was a Monday.
  private func moment(day: Int, _ hour: Int, _ minute: Int = 0) -> Instant {
    let monday: Int64 = 20_780  // days from 1970-01-01 to 2026-11-23
    return Instant(
      milliseconds: ((monday + Int64(day)) * 1440 + Int64(hour * 60 + minute)) * 60_000)
  }

  @Test("Days of the week follow the calendar, before 1970 too")
  func weekdays() {
    #expect(Weekday(day: 0) == .thu)
    #expect(Weekday(day: -1) == .wed)
    #expect(Weekday(day: -8) == .wed)
    #expect(Weekday(day: 20_780) == .mon)
  }

  @Test("A span over midnight belongs to the day on which it begins")
  func overMidnight() {
    let hours = OpeningHours(from: 1200, to: 360, utcOffset: 0, days: [.mon])
    #expect(!hours.contains(moment(day: 0, 5, 59)))
    #expect(!hours.contains(moment(day: 0, 19, 59)))
    #expect(hours.contains(moment(day: 0, 20)))
    #expect(hours.contains(moment(day: 1, 5, 59)))
    #expect(!hours.contains(moment(day: 1, 6)))
    #expect(!hours.contains(moment(day: 1, 20)))
  }

  @Test("The offset moves the span, and with it the day")
  func offset() {
    let hours = OpeningHours(from: 0, to: 120, utcOffset: 120, days: [.tue])
    #expect(hours.contains(moment(day: 0, 22)))
    #expect(!hours.contains(moment(day: 1, 0)))
    #expect(hours.localTime(moment(day: 0, 22, 5)) == "00:05 on tue")
  }

  @Test("Every minute of a year is open or closed as counting says", arguments: 0..<8)
  func counting(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let from = Int.random(in: 0..<1440, using: &random)
    let length = Int.random(in: 1..<1440, using: &random)
    let to = (from + length) % 1440
    let offset = Int.random(in: -840...840, using: &random)
    let days = Set(Weekday.allCases.filter { _ in Bool.random(using: &random) })
    let hours = OpeningHours(
      from: from, to: to == 0 && from != 0 ? 1440 : to, utcOffset: offset, days: days)
    var open: Set<Int> = []
    for day in -1...30 where days.contains(Weekday(day: Int64(day))) {
      for minute in from..<from + length { open.insert(day * 1440 + minute - offset) }
    }
    for minute in 2880..<30_000 {
      let instant = Instant(milliseconds: Int64(minute) * 60_000 + 59_999)
      if hours.contains(instant) != open.contains(minute) {
        Issue.record("minute \(minute) of \(hours)")
        return
      }
    }
  }
}
