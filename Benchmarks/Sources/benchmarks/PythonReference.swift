import Foundation

/// A Python process that carries out references when asked, so that they can alternate with ours.
///
/// It gets a line with words, and answers with `ms NUMBER`, or with `absent MODULE`.
final class PythonReference {
  private let process = Process()
  private let questions = Pipe()
  private let answers = Pipe()
  private var isRunning = false
  private var absent: Set<String> = []

  /// The seconds of one run; nil without what it needs.
  func seconds(_ question: String...) -> Double? {
    guard let name = question.first, !absent.contains(name), start() else { return nil }
    let answer = ask(question)
    if answer.count == 2, answer[0] == "ms", let time = Double(answer[1]) { return time / 1000 }
    complain("no reference '\(name)': \(answer.joined(separator: " "))")
    absent.insert(name)
    return nil
  }

  /// Lets go of what the references keep in memory.
  func forget() { if isRunning { _ = ask(["forget"]) } }

  private func start() -> Bool {
    if isRunning { return true }
    let python = ProcessInfo.processInfo.environment["MOIRA_PYTHON"] ?? "python3"
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "references.py"]
    process.standardInput = questions
    process.standardOutput = answers
    isRunning = (try? process.run()) != nil
    return isRunning
  }

  private func ask(_ words: [String]) -> [String] {
    questions.fileHandleForWriting.write(Data((words.joined(separator: "\t") + "\n").utf8))
    var line: [UInt8] = []
    while let byte = answers.fileHandleForReading.readData(ofLength: 1).first, byte != 10 {
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
  }
}
