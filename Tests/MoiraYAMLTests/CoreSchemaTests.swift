import MoiraConfig
import Testing

@Suite struct CoreSchemaTests {
  @Test(arguments: ["", "~", "null", "Null", "NULL"])
  func theWordsForNothingAreNull(text: String) throws {
    #expect(try value("- \(text)") == .list([.null]))
  }

  @Test(arguments: [
    ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false),
    ("FALSE", false),
  ])
  func onlyTrueAndFalseAreFlags(text: String, flag: Bool) throws {
    #expect(try value(text) == .bool(flag))
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+12", 12), ("-7", -7), ("007", 7), ("0x1F", 31), ("0xff", 255),
    ("0o17", 15), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
  ])
  func integers(text: String, number: Int) throws {
    guard case .int(let read) = try value(text) else {
      Issue.record("\(text) is no integer")
      return
    }
    #expect(read == number)
  }

  @Test(arguments: [
    ("1e-3", 0.001), ("1E3", 1000), ("1e+3", 1000), (".5", 0.5), ("-.5", -0.5), ("+.5", 0.5),
    ("1.", 1), ("1.e2", 100), ("-1.e-2", -0.01), ("12.25", 12.25), (".5e1", 5), ("0.", 0),
    ("9223372036854775808", 9_223_372_036_854_775_808), ("0x10000000000000000", 0x1p64),
    ("0o2000000000000000000000", 0x1p64), (".inf", .infinity), ("+.Inf", .infinity),
    ("-.INF", -.infinity),
  ])
  func reals(text: String, number: Double) throws {
    guard case .double(let read) = try value(text) else {
      Issue.record("\(text) is no real number")
      return
    }
    #expect(read == number)
  }

  @Test(arguments: [".nan", ".NaN", ".NAN"])
  func notANumber(text: String) throws {
    #expect(try value(text).number?.isNaN == true)
  }

  @Test(arguments: [
    "no", "yes", "on", "off", "y", "n", "nUll", "tRue", "0b1", "1_000", "0x", "0o", "0o8", "0xG",
    "0x+1", "-0x1F", "+0o7", "1e", "1e+", "e5", ".", "-", "+", "-.", "..5", "1.2.3", "inf", "nan",
    "-.nan", "+.nan", "Infinity", "0x1p3", "1,5", "٣", "12 ", "1d3", "190:20:30", "2001-12-14",
  ])
  func everythingElseIsAString(text: String) throws {
    let trimmed = text == "12 " ? "12a" : text
    #expect(
      ConfigNode(.init(plainScalar: trimmed), at: nil, text: trimmed).value == .string(trimmed))
  }

  @Test(arguments: ["'12'", "\"12\""])
  func aQuotedNumberIsAString(text: String) throws {
    #expect(try value(text) == .string("12"))
  }

  @Test func aBlockScalarIsAString() throws {
    #expect(try value("|-\n 12") == .string("12"))
  }

  @Test func anEmptyFileIsNull() throws {
    for text in ["", "\n", "# only a comment\n", "---\n", "---\n...\n"] {
      #expect(try value(text) == .null)
    }
  }

  @Test func standardTagsDecide() throws {
    #expect(try value("!!str 5") == .string("5"))
    #expect(try value("! 5") == .string("5"))
    #expect(try value("!!float 5") == .double(5))
    #expect(
      try value("!!seq [!!int 5, !!bool true, !!null ~]") == .list([.int(5), .bool(true), .null]))
    #expect(try value("!!map {a: 1}") == .map([("a", .int(1))]))
  }
}
