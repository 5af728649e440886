import Foundation
internal import MoiraModel

/// Which folders of this machine a request may name files in.
public struct DataRoots: Sendable {
  private let roots: [String]

  /// - Parameter folders: as the operator gave them; those that are not there are left out.
  public init(_ folders: [String]) { roots = folders.compactMap(Self.resolved) }

  /// The real path of a file that is there and lies in one of the folders, whatever links and dots
  /// its name holds.
  func existing(_ path: String, field: String) throws(FlowRefusal) -> String {
    try check(path, field)
    guard let real = Self.resolved(path) else {
      // Says the same of what is not there and of what lies elsewhere, so that nothing can be
      // found out about the rest of the machine.
      throw refusal(path, field)
    }
    guard contains(real) else { throw refusal(path, field) }
    return real
  }

  /// The real path for a file or folder that may be made: its parent must be there and confined.
  func new(_ path: String, field: String) throws(FlowRefusal) -> String {
    try check(path, field)
    if let real = Self.resolved(path) {
      guard contains(real) else { throw refusal(path, field) }
      return real
    }
    let name = (path as NSString).lastPathComponent
    guard let parent = Self.resolved((path as NSString).deletingLastPathComponent),
      contains(parent), name != "..", name != ".", !name.isEmpty
    else { throw refusal(path, field) }
    return "\(parent)/\(name)"
  }

  private func check(_ path: String, _ field: String) throws(FlowRefusal) {
    guard !path.utf8.contains(0), path.utf8.count <= 4096 else { throw refusal(path, field) }
    guard path.hasPrefix("/") else {
      throw FlowRefusal(
        .parameter,
        Failure(
          "path-confined", "'\(field)' must be an absolute path of the server's machine",
          hint: hint), field: field)
    }
  }

  private func contains(_ real: String) -> Bool {
    roots.contains { real == $0 || real.hasPrefix($0 == "/" ? "/" : $0 + "/") }
  }

  private func refusal(_ path: String, _ field: String) -> FlowRefusal {
    FlowRefusal(
      .fileNotFound,
      Failure(
        "path-confined",
        "'\(field)' names no file below the folders that this server may read", hint: hint),
      field: field)
  }

  private var hint: String {
    roots.isEmpty
      ? "the server was started without '--data-root'; 'flow data upload-file' sends the file itself"
      : "the operator declares folders with '--data-root'; 'flow data upload-file' sends the file itself"
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
