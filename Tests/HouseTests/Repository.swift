import Foundation

/// The sources of the repository that this test file lies in.
enum Repository {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let sources = files(in: "Sources", ending: ".swift")
  static let tests = files(in: "Tests", ending: ".swift")
  static let pages = files(in: "Docs/errors", ending: ".md")

  private static func files(in folder: String, ending suffix: String) -> [SourceFile] {
    let start = root.appending(path: folder).resolvingSymlinksInPath()
    let found = FileManager.default.enumerator(atPath: start.path)
    var files: [SourceFile] = []
    while let path = found?.nextObject() as? String {
      // What protoc writes from Proto/ is nobody's style.
      guard path.hasSuffix(suffix), !path.hasSuffix(".pb.swift"), !path.hasSuffix(".grpc.swift")
      else { continue }
      guard let text = try? String(contentsOf: start.appending(path: path), encoding: .utf8) else {
        continue
      }
      files.append(SourceFile(path: "\(folder)/\(path)", text: text))
    }
    return files.sorted { $0.path < $1.path }
  }
}

/// A file with its path from the root of the repository.
struct SourceFile: Sendable {
  let path: String
  let text: String
  let lines: [Substring]
  /// The lines without comments, and with strings emptied.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code = codeLines(of: text)
  }

  /// `MoiraPlan` for `Sources/MoiraPlan/Plan.swift`.
  var module: String {
    let parts = path.split(separator: "/")
    return parts.count > 2 ? String(parts[1]) : ""
  }

  var name: String { String(path.split(separator: "/").last ?? "") }

  /// The modules that the file imports.
  var imports: [String] {
    code(with: "import ").compactMap { _, line in
      let match = line.firstMatch(
        of:
          /^\s*(?:@\w+\s+)*(?:public |package |internal |private |fileprivate )?import (?:struct |class |enum |func )?(\w+)/
      )
      return match.map { String($0.1) }
    }
  }

  /// The lines of code that hold the word, with their numbers from 1: regular expressions are slow
  /// where nothing is optimized, so they get to see these only.
  func code(with word: String) -> [(number: Int, line: String)] {
    guard text.contains(word) else { return [] }
    return code.enumerated().filter { $0.element.contains(word) }.map {
      ($0.offset + 1, $0.element)
    }
  }

  /// What the pattern finds right after each place where the word stands.
  func matches<Output>(after word: String, _ pattern: Regex<Output>) -> [Output] {
    guard text.contains(word) else { return [] }
    return text.split(separator: word, omittingEmptySubsequences: false).dropFirst().compactMap {
      $0.prefixMatch(of: pattern)?.output
    }
  }
}

/// Lines of code: what stands in comments and in string literals is left out.
func codeLines(of text: String) -> [String] {
  var reader = CodeReader()
  return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
    reader.code(of: Array($0))
  }
}

/// Walks over the bytes of a text, and remembers from line to line where it is.
private struct CodeReader {
  private enum Place { case code, comment, string, longString }
  private var place = Place.code
  private let quotes = Array("\"\"\"".utf8)

  mutating func code(of line: [UInt8]) -> String {
    var code: [UInt8] = []
    var index = 0
    if place == .string { place = .code }
    while index < line.count {
      let rest = line[index...]
      index += 1
      switch place {
      case .comment:
        guard rest.starts(with: "*/".utf8) else { continue }
        place = .code
        index += 1
      case .longString:
        guard rest.starts(with: quotes) else { continue }
        place = .code
        index += 2
      case .string:
        if rest.first == UInt8(ascii: "\\") { index += 1 }
        if rest.first == UInt8(ascii: "\"") { place = .code }
      case .code:
        if rest.starts(with: "//".utf8) { return String(decoding: code, as: UTF8.self) }
        if rest.starts(with: "/*".utf8) {
          place = .comment
          index += 1
        } else if rest.starts(with: quotes) {
          place = .longString
          index += 2
        } else if rest.first == UInt8(ascii: "\"") {
          place = .string
          code += [UInt8(ascii: "\""), UInt8(ascii: "\"")]
        } else {
          code += rest.prefix(1)
        }
      }
    }
    return String(decoding: code, as: UTF8.self)
  }
}
