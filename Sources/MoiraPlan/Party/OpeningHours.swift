public import MoiraModel

/// A day of the week.
public enum Weekday: String, CaseIterable, Hashable, Sendable {
  case mon, tue, wed, thu, fri, sat, sun

  /// - Parameter number: days since Thursday, 1970-01-01.
  public init(day number: Int64) {
    let place = (number % 7 + 7 + 3) % 7
    self = Self.allCases[Int(place)]
  }
}

/// When a party takes on jobs: the same span of some days of the week, in a time zone that has no
/// summer time.
public struct OpeningHours: Hashable, Sendable {
  /// Minutes since midnight, local time. `to` is the first minute that is closed again; up to `from`,
  /// it is of the next day.
  public let from: Int
  public let to: Int
  /// Minutes that local time is ahead of UTC.
  public let utcOffset: Int
  /// The days on which the span begins.
  public let days: Set<Weekday>

  public init(from: Int, to: Int, utcOffset: Int, days: Set<Weekday>) {
    self.from = from
    self.to = to
    self.utcOffset = utcOffset
    self.days = days
  }

  public func contains(_ moment: Instant) -> Bool {
    let local = Self.local(moment, utcOffset)
    let today = days.contains(Weekday(day: local.day))
    if from < to { return today && from <= local.minute && local.minute < to }
    let yesterday = days.contains(Weekday(day: local.day - 1))
    return today && local.minute >= from || yesterday && local.minute < to
  }

  /// `12:34 on thu`, local time.
  public func localTime(_ moment: Instant) -> String {
    let local = Self.local(moment, utcOffset)
    return "\(Self.text(local.minute)) on \(Weekday(day: local.day).rawValue)"
  }

  /// `20:00 to 06:00 (UTC+02:00) on fri, sat`.
  public var words: String {
    let sign = utcOffset < 0 ? "-" : "+"
    let span = "\(Self.text(from)) to \(Self.text(to)) (UTC\(sign)\(Self.text(abs(utcOffset))))"
    if days.count == Weekday.allCases.count { return span + " every day" }
    let names = Weekday.allCases.filter(days.contains).map(\.rawValue)
    return span + " on " + names.joined(separator: ", ")
  }

  /// Days since 1970-01-01 and minutes of the day.
  private static func local(_ moment: Instant, _ offset: Int) -> (day: Int64, minute: Int) {
    let minutes = floorDivided(moment.milliseconds, 60_000).quotient
    let local = floorDivided(minutes + Int64(offset), 1440)
    return (local.quotient, Int(local.remainder))
  }

  private static func floorDivided(
    _ number: Int64, _ divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  // MARK: Texts

  /// The minutes of `06:30` or `24:00`; nil if it is no time of the day.
  static func minutes(_ text: String) -> Int? {
    let digits = Array(text.utf8)
    guard digits.count == 5, digits[2] == UInt8(ascii: ":"),
      [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(digits[$0]) })
    else { return nil }
    let value = { Int(digits[$0] - 0x30) * 10 + Int(digits[$0 + 1] - 0x30) }
    let (hours, minutes) = (value(0), value(3))
    guard minutes < 60, hours < 24 || hours == 24 && minutes == 0 else { return nil }
    return hours * 60 + minutes
  }

  /// The minutes of `+02:00`, `-03:30` or `Z`, up to 14 hours; nil if it is no offset.
  static func offset(_ text: String) -> Int? {
    if text == "Z" { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-",
      let minutes = minutes(String(text.dropFirst())), minutes <= 14 * 60
    else { return nil }
    return sign == "-" ? -minutes : minutes
  }

  private static func text(_ minutes: Int) -> String {
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
