import MoiraModel
import Testing

@testable import MoiraTable

private func read(_ text: String) -> Double? {
  Array(text.utf8).withUnsafeBufferPointer(DecimalNumber().value(of:))
}

/// The standard library's own reading, for comparison.
private func agrees(_ text: String) -> Bool {
  read(text)?.bitPattern == Double(text)?.bitPattern
}

struct DecimalNumberTests {
  @Test func `the powers of ten are those of the published script`() {
    let words = UnsafeBufferPointer(start: PowersOfTen.words, count: 2 * 651)
    #expect(words[0] == 0xeef4_53d6_923b_d65a)
    #expect(words[1] == 0x113f_aa29_06a1_3b3f)
    #expect(words[1300] == 0x8e67_9c2f_5e44_ff8f)
    #expect(words[1301] == 0x570f_09ea_a7ea_7648)
    // All of them: the hash of what the script of Lemire 2021 prints, little-endian.
    #expect(XXHash64.hash(UnsafeRawBufferPointer(words)) == 0x1f65_920a_52fd_60d9)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `random doubles read back from their shortest text`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<12_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let text = value.description
      #expect(read(text)?.bitPattern == value.bitPattern, "\(text)")
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `random decimals round as the standard library rounds them`(seed: UInt64) {
    var generator = SeededGenerator(seed: 100 + seed)
    for _ in 0..<12_000 {
      let text = randomDecimal(&generator)
      #expect(agrees(text), "\(text)")
    }
  }

  private func randomDecimal(_ generator: inout SeededGenerator) -> String {
    func digits(_ count: Int) -> String {
      String(
        decoding: (0..<count).map { _ in UInt8.random(in: 48...57, using: &generator) },
        as: UTF8.self)
    }
    let whole = digits(Int.random(in: 0...22, using: &generator))
    let fraction = digits(Int.random(in: whole.isEmpty ? 1...24 : 0...24, using: &generator))
    var text = ["", "-", "+"][Int.random(in: 0..<3, using: &generator)] + whole
    if !fraction.isEmpty || Bool.random(using: &generator) { text += "." + fraction }
    if Bool.random(using: &generator) {
      text += Bool.random(using: &generator) ? "e" : "E"
      text += ["", "-", "+"][Int.random(in: 0..<3, using: &generator)]
      text += "\(Int.random(in: 0...345, using: &generator))"
    }
    // `5.` and `.5` are numbers here; the comparison writes them out.
    return text.hasSuffix(".") ? text + "0" : text
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `ties between two doubles go to the even one and their neighbours do not`(seed: UInt64) {
    var generator = SeededGenerator(seed: 200 + seed)
    for _ in 0..<2_000 {
      // An odd 54-bit number times a power of two lies halfway between two doubles.
      let half = generator.next() >> 10 | 1 << 53 | 1
      #expect(agrees("\(half)"))
      #expect(agrees("\(half - 1)"))
      #expect(agrees("\(half + 1)"))
      #expect(agrees("\(half)0e-1"))
      #expect(agrees("\(half).000000000000000000000000000001"))
      #expect(agrees("\(half - 1).999999999999999999999999999999"))
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `subnormal numbers are rounded once`(seed: UInt64) {
    var generator = SeededGenerator(seed: 300 + seed)
    for _ in 0..<4_000 {
      let digits = generator.next() >> UInt64.random(in: 0...60, using: &generator)
      #expect(agrees("\(digits)e-\(Int.random(in: 305...345, using: &generator))"))
    }
  }

  @Test(arguments: [
    "0", "-0", "0.0", "0e5", "-0e-400", "1", "-1", "9007199254740993", "9007199254740992.5",
    "5e-324", "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
    "2.2250738585072011e-308", "2.2250738585072014e-308", "2.2250738585072012e-308",
    "1.7976931348623157e308", "1.7976931348623158e308", "6.631236846766476e-316",
    "3.2378839133029012895883524125015321748630094509707e-319",
    "7.2057594037927933e+16", "1e23", "8.41e21", "9.5367431640625e-07", "1e22", "1e-22",
    "123456789012345678901234567890", "0.000000000000000000000000000000000000001234567890123456789",
    "1000000000000000000000000000000000000000000000000000000000000e-60",
    "6250000000000000000000000000000000000000000000000000000000000000e-65",
  ])
  func `known hard numbers are read right`(text: String) {
    #expect(read(text) != nil)
    #expect(agrees(text))
    #expect(read("  \(text)\t") == read(text))
  }

  @Test(arguments: [
    ("5.", 5.0), (".5", 0.5), ("+.5e1", 5), ("-3.e-0", -3), ("1e+2", 100), ("1E2", 100),
    ("00012", 12), ("0.10", 0.1), ("1e-99999999999999999999", 0),
    ("123456789012345678901234567890.", 0x1.8ee90ff6c373ep+96),
  ])
  func `short spellings are numbers`(text: String, value: Double) {
    #expect(read(text) == value)
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "--1", "+-1", "1 2", "0x10", "inf", "nan",
    "1_000", "1,5", "1e5.0", "١", "12345678a", "123456789012345678901234567890x", "1\n", "1e5 e",
  ])
  func `other texts are no numbers`(text: String) {
    #expect(read(text) == nil)
  }

  @Test func `a number too large is infinite`() {
    #expect(read("1e309") == .infinity)
    #expect(read("-1.7976931348623159e308") == -.infinity)
    #expect(read("1e999999999999") == .infinity)
  }

  @Test func `a tie that only its last of many digits decides goes the right way`() {
    let zeros = String(repeating: "0", count: 400)
    #expect(read("9007199254740993.\(zeros)") == 9_007_199_254_740_992)
    #expect(read("9007199254740993.\(zeros)1") == 9_007_199_254_740_994)
    #expect(read("9007199254740993.\(zeros)1e0") == 9_007_199_254_740_994)
    #expect(read("9007199254740993\(zeros).e-400") == 9_007_199_254_740_992)
  }
}
