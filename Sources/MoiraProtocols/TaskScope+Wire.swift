internal import MoiraCrypto
internal import MoiraModel

/// The version with which messages of this floor begin, unless they say another.
let wireVersion: UInt8 = 1

extension ByteReader {
  mutating func expectVersion(_ expected: UInt8 = wireVersion) throws(WireError) {
    let version = try byte()
    guard version == expected else { throw .unknownVersion(version) }
  }

  /// Reads what `ByteWriter.write(_: TaskScope)` wrote.
  mutating func scope() throws(WireError) -> TaskScope {
    let job = JobID(try string())
    let task = TaskID(try string())
    return TaskScope(job: job, task: task, attempt: Int(try integer(Int64.self)))
  }

}

extension ByteWriter {
  mutating func write(_ scope: TaskScope) {
    write(scope.job.text)
    write(scope.task.text)
    write(Int64(scope.attempt))
  }
}
