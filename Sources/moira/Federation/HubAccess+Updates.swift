import MoiraModel
import MoiraRuntime
import MoiraWire
import Synchronization

extension HubAccess {
  /// Submits, and tells of the job as `updates(of:)`; one connection does for both.
  func submit(_ request: JobRequest) async throws(Failure) -> (JobID, AsyncStream<JobUpdate>) {
    let (answers, answer) = AsyncStream.makeStream(of: Result<JobID, Failure>.self)
    let updates = watching { [client] take in
      let job = Mutex<JobID?>(nil)
      do throws(Failure) {
        try await sayingAgain { () async throws(Failure) in
          do throws(Failure) {
            try await client.submit(
              request,
              taken: { id in
                job.withLock { $0 = id }
                answer.yield(.success(id))
              }, watching: take)
          } catch {
            // Once the hub has the job, it is gone on with however the connection ended.
            if job.withLock({ $0 }) == nil { throw error }
          }
        }
      } catch {
        answer.yield(.failure(error))
      }
      answer.finish()
      return job.withLock { $0 }
    }
    for await result in answers { return (try result.get(), updates) }
    throw Failure("hub-unreachable", "the hub '\(address)' was not reached")
  }

  /// Submits: the job's id.
  func submitted(_ request: JobRequest) async throws(Failure) -> JobID {
    try await sayingAgain { [client] () async throws(Failure) in try await client.submit(request) }
  }

  /// A submission that was cut off may have reached the hub, to which the same one again is the same job.
  ///
  /// - Throws: `hub-unreachable` of a hub that was not reached at all.
  private func sayingAgain<Answer>(
    _ call: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    var wasReached = false
    let isCut = { (failure: Failure) in
      wasReached = wasReached || failure.code == "hub-cut"
      return wasReached && failure.isOfAwayHub
    }
    return try await redialling(after: .milliseconds(500), where: isCut, call)
  }

  /// Calls until there is an answer. Why the hub is dialled again is told once.
  ///
  /// - Parameter mayPass: whether a failure is one after which it is.
  func redialling<Answer>(
    about job: JobID? = nil, after pause: Duration, where mayPass: (Failure) -> Bool,
    _ call: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    var told: String?
    while true {
      do throws(Failure) {
        return try await call()
      } catch  where mayPass(error) {
        let words = (job.map { "job \($0): " } ?? "") + error.dialling
        if told != words { Console.printError(words) }
        told = words
        do {
          try await Task.sleep(for: pause)
        } catch {
          throw Failure("hub-unreachable", "the hub '\(address)' was not reached")
        }
      }
    }
  }

  /// What the job tells until it ends; a hub that goes away is dialled again, for as long as it takes.
  func updates(of job: JobID) -> AsyncStream<JobUpdate> { watching { _ in job } }

  /// - Parameter first: done before the first dialling; hands in updates, and says which job they are of: nil
  ///   for none.
  private func watching(
    _ first: @escaping @Sendable (_ take: @escaping @Sendable (JobUpdate) -> Void) async -> JobID?
  ) -> AsyncStream<JobUpdate> {
    let (stream, continuation) = AsyncStream.makeStream(of: JobUpdate.self)
    let watching = Task {
      let isOver = UpdateEnd()
      let take: @Sendable (JobUpdate) -> Void = { update in
        isOver.note(update)
        continuation.yield(update)
      }
      if let job = await first(take) { await watch(job, isOver, take) }
      continuation.finish()
    }
    continuation.onTermination = { _ in watching.cancel() }
    return stream
  }

  private func watch(
    _ job: JobID, _ isOver: UpdateEnd, _ take: @escaping @Sendable (JobUpdate) -> Void
  ) async {
    var told: String?
    while !isOver.isOver, !Task.isCancelled {
      do throws(Failure) {
        try await client.watch(job, take)
        if isOver.isOver { return }
      } catch  where !mayPass(error) {
        return take(.broken(error))
      } catch {
        if told != error.dialling { Console.printError(error.dialling) }
        told = error.dialling
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }
}

extension Failure {
  /// Whether the hub was not there, or was gone before it had answered.
  var isOfAwayHub: Bool { code == "hub-unreachable" || code == "hub-cut" }

  /// Why a hub is dialled again.
  var dialling: String {
    isOfAwayHub
      ? "the hub cannot be reached; dialling again" : "\(message) [\(code)]; dialling again"
  }
}
