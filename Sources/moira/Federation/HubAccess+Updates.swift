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
        try await client.submit(
          request,
          taken: { id in
            job.withLock { $0 = id }
            answer.yield(.success(id))
          }, watching: take)
      } catch {
        // Once the hub has the job, it is gone on with however the connection ended.
        if job.withLock({ $0 }) == nil { answer.yield(.failure(error)) }
      }
      answer.finish()
      return job.withLock { $0 }
    }
    for await result in answers { return (try result.get(), updates) }
    throw Failure("hub-unreachable", "the hub '\(address)' was not reached")
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
        if told != error.code { Console.printError(error.dialling) }
        told = error.code
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }
}

extension Failure {
  /// Why a hub is dialled again.
  var dialling: String {
    code == "hub-unreachable"
      ? "the hub cannot be reached; dialling again" : "\(message) [\(code)]; dialling again"
  }
}
