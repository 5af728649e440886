/// Colours, on a terminal that wants them.
struct Style {
  let isOn: Bool

  static let output = Style(isOn: Console.isTerminal && Console.wantsColour)
  static let errors = Style(isOn: Console.isErrorTerminal && Console.wantsColour)
  static let plain = Style(isOn: false)

  func bold(_ text: String) -> String { paint(text, "1") }
  func dim(_ text: String) -> String { paint(text, "2") }
  func red(_ text: String) -> String { paint(text, "1;31") }
  func green(_ text: String) -> String { paint(text, "32") }
  func yellow(_ text: String) -> String { paint(text, "33") }
  func cyan(_ text: String) -> String { paint(text, "36") }

  private func paint(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
