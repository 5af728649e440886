import MoiraModel
import MoiraStorage

/// Keeps a job to one process at a time.
enum JobLock {
  static func isHeld(_ job: JobID, home: Home) -> Bool { FileLock.isHeld(home.lock(of: job)) }

  /// - Throws: `job-locked` when another process runs the job.
  static func acquire(_ job: JobID, home: Home) throws(Failure) -> FileLock {
    guard let lock = try FileLock.acquire(home.lock(of: job)) else {
      throw Failure(
        "job-locked", "the job '\(job)' is being run by another process",
        hint: "'moira logs \(job) --follow' watches it, 'moira stop \(job)' ends it")
    }
    return lock
  }
}
