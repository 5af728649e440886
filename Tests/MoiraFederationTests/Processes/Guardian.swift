import Foundation

/// A shell that waits for the tests' process to end, then ends whatever that started and removes its
/// folder: a test run that crashes leaves nothing behind.
final class Guardian: Sendable {
  private let pids: String
  private let pipe: Pipe
  private let shell: Process

  /// Numbers of processes come again: only what works in the folder is ended.
  private static let script = """
    cat >/dev/null
    place=$(cd "$0" && pwd -P)
    for id in $(cat "$1"); do
      if [ -d /proc/self ]; then
        [ "$(readlink /proc/$id/cwd)" = "$place" ] && kill -KILL $id
      elif lsof -a -p $id -d cwd -Fn 2>/dev/null | grep -qF "n$place"; then
        kill -KILL $id
      fi
    done
    rm -rf "$0" "$1"
    """

  init(_ folder: String) throws {
    pids = folder + ".pids"
    _ = FileManager.default.createFile(atPath: pids, contents: nil)
    pipe = Pipe()
    shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", Self.script, folder, pids]
    shell.standardInput = pipe
    // No signal that is meant for the tests reaches it before they have ended.
    try shell.run()
  }

  func watch(_ id: Int32) {
    guard let file = FileHandle(forWritingAtPath: pids) else { return }
    file.seekToEndOfFile()
    file.write(Data("\(id)\n".utf8))
    try? file.close()
  }

  func end() {
    try? pipe.fileHandleForWriting.close()
    shell.waitUntilExit()
  }
}
