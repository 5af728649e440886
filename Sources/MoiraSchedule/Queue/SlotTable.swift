/// Values that are found by key once, and by number from then on. Numbers of what is gone are given
/// anew.
struct SlotTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private var numbers: [Key: Int] = [:]
  private var vacant: [Int] = []
  /// Those that are gone, too, until their number is given anew.
  private(set) var values: [Value] = []

  subscript(number: Int) -> Value {
    get { values[number] }
    _modify { yield &values[number] }
  }

  func number(of key: Key) -> Int? { numbers[key] }

  /// The number of the key, with a value made for it if it is new.
  mutating func number(of key: Key, orInsert value: @autoclosure () -> Value) -> Int {
    if let number = numbers[key] { return number }
    let number = vacant.popLast() ?? values.count
    if number == values.count { values.append(value()) } else { values[number] = value() }
    numbers[key] = number
    return number
  }

  mutating func remove(_ key: Key) {
    if let number = numbers.removeValue(forKey: key) { vacant.append(number) }
  }

  /// How many there are.
  var count: Int { numbers.count }
}
