import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraYAML

/// Reads the values of `--set`; together they are a text of their own, one a line.
struct SetOptions {
  static let file = "--set"

  let texts: [String]
  private(set) var overrides: [Override] = []
  private(set) var diagnostics = Diagnostics()

  /// What a caret can point into.
  var source: String { texts.joined(separator: "\n") }

  init(_ texts: [String]) {
    self.texts = texts
    for (index, text) in texts.enumerated() { read(text, line: index + 1) }
  }

  private mutating func read(_ text: String, line: Int) {
    let start = Site(file: Self.file, line: line, column: 1)
    guard let equals = text.firstIndex(of: "=") else {
      diagnostics.error(
        "set-form", "'\(text)' must be 'task.parameter=value'", at: start,
        hint: "--set homo_lr_0.epochs=5")
      return
    }
    let names = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
    guard names.count >= 2, !names.contains("") else {
      diagnostics.error(
        "set-form", "'\(text[..<equals])' must be 'task.parameter'", at: start,
        hint: "--set homo_lr_0.optimizer.method=adam")
      return
    }
    let shift = text[...equals].unicodeScalars.count
    guard let value = value(String(text[text.index(after: equals)...]), line, shift) else { return }
    overrides.append(
      Override(task: TaskID(names[0]), path: Array(names.dropFirst()), value: value, site: start))
  }

  private mutating func value(_ text: String, _ line: Int, _ shift: Int) -> ConfigNode? {
    do throws(Diagnostics) {
      return try readYAML(text, file: Self.file).moved(toLine: line, by: shift)
    } catch {
      for one in error.all {
        diagnostics.add(
          Diagnostic(
            one.severity, code: one.code, one.message,
            at: one.site?.moved(toLine: line, by: shift), hint: one.hint))
      }
      return nil
    }
  }
}

extension Site {
  fileprivate func moved(toLine line: Int, by shift: Int) -> Site {
    Site(file: file, line: line, column: column + shift)
  }
}

extension ConfigNode {
  /// The same node, read from a later place of a line.
  fileprivate func moved(toLine line: Int, by shift: Int) -> ConfigNode {
    let content: Content =
      switch self.content {
      case .list(let nodes): .list(nodes.map { $0.moved(toLine: line, by: shift) })
      case .map(let map):
        .map(
          ConfigMap(
            map.entries.map { entry in
              ConfigMap.Entry(
                key: entry.key, keySite: entry.keySite?.moved(toLine: line, by: shift),
                value: entry.value.moved(toLine: line, by: shift))
            }))
      default: self.content
      }
    return ConfigNode(content, at: site?.moved(toLine: line, by: shift), text: text)
  }
}
