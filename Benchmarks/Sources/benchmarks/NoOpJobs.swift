import Foundation
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import MoiraStorage

/// Goal 5: what a task costs that does nothing, in time and in memory.
func measureNoOpJobs(_ bench: Bench) throws {
  let disk = try syncedWrite(in: bench.folder)
  bench.board.add(
    nil, "one synced write of 4 kB on this disk", disk.median.asMilliseconds,
    reference: "best \(disk.best.asMilliseconds)")
  for cache in ["off", "on"] {
    let chain = try probe(bench, "chain", 1000, cache)
    add(bench, "no-op chain of 1,000, cache \(cache)", chain)
    let small = try probe(bench, "fan", 1000, cache)
    let fan = try probe(bench, "fan", 10_000, cache)
    add(bench, "no-op fan of 10,000, cache \(cache)", fan)
    addMemory(bench, "  memory a task of the fan, cache \(cache)", small, fan)
  }
}

/// What the journal must wait for at least: once for each step of a chain, and with the cache on
/// twice, since a task is looked up before it starts.
private func syncedWrite(in folder: String) throws -> [Double] {
  let path = folder + "/synced"
  let file = open(path, O_WRONLY | O_CREAT, 0o600)
  guard file >= 0 else { throw Missing("'\(path)' cannot be written") }
  defer {
    close(file)
    unlink(path)
  }
  let bytes = [UInt8](repeating: 1, count: 4096)
  return (0..<300).map { _ in
    seconds {
      _ = write(file, bytes, bytes.count)
      fsync(file)
    }
  }
}

private func addMemory(_ bench: Bench, _ what: String, _ small: NoOpRun, _ large: NoOpRun) {
  // 1,000 tasks and the process itself against 10,000: linear if what nine thousand more take is
  // nine times what one thousand takes.
  let each = (large.peakBytes - small.peakBytes) / 9000
  bench.board.add(
    5, what, "\((each / 1000).formatted(1)) kB",
    reference: "peaks \(small.peakBytes.asMegabytes), \(large.peakBytes.asMegabytes)",
    wanted: "linear", isMet: large.peakBytes < 10 * small.peakBytes)
}

private func add(_ bench: Bench, _ what: String, _ run: NoOpRun) {
  bench.board.add(
    5, what, "\(run.milliseconds.formatted(3)) ms a task",
    reference: run.again.map { "again, reused: \($0.formatted(3)) ms" } ?? "",
    wanted: "< 1 ms", isMet: run.milliseconds < 1)
}

private struct NoOpRun {
  let milliseconds: Double
  /// Of the same job once more, when all can be reused.
  let again: Double?
  let peakBytes: Double
}

/// The best of three, each in a process of its own.
private func probe(_ bench: Bench, _ shape: String, _ count: Int, _ cache: String) throws
  -> NoOpRun
{
  var runs: [NoOpRun] = []
  for round in 0..<3 {
    let path = "\(bench.folder)/\(shape)-\(count)-\(cache)-\(round)"
    let outcome = try Program(
      path: CommandLine.arguments[0],
      arguments: ["probe", "noop", shape, "\(count)", cache, path]
    ).run(keepsOutput: true)
    let words = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard words.count >= 2 else { throw Missing("a probe that says nothing") }
    runs.append(
      NoOpRun(
        milliseconds: words[1], again: words.count > 2 ? words[2] : nil, peakBytes: words[0]))
  }
  guard let best = runs.min(by: { $0.milliseconds < $1.milliseconds }) else {
    throw Missing("no run")
  }
  return best
}

extension Probe {
  /// Prints the peak of memory, the milliseconds of one task, and with the cache on those of a task
  /// of a second job.
  static func noOpJob(shape: String, count: Int, usesCache: Bool, folder: String) async throws {
    let plan = try NoOpPipeline.plan(
      shape == "chain" ? NoOpPipeline.chain(count) : NoOpPipeline.fan(count))
    let store = try SQLiteJobStore(path: folder + "/journal.sqlite")
    let party: PartyID = "a"
    let ground = Federation.Ground(
      artifacts: try FileArtifactStore(directory: folder + "/artifacts"),
      datasets: MemoryDatasets(party))
    let clock = SystemClock()
    let federation = Federation(catalog: noOpCatalog, parties: [party: ground], clock: clock)
    let coordinator = Coordinator(store: store, links: federation.links, clock: clock)
    var (peak, times): (String, [String]) = ("", [])
    for round in 0..<(usesCache ? 2 : 1) {
      let start = ContinuousClock.now
      try await run(plan, as: JobID("job-\(round)"), on: coordinator, usesCache: usesCache)
      let time = (ContinuousClock.now - start).inSeconds * 1000 / Double(count)
      times.append("\(time)")
      if round == 0 { peak = "\(peakBytes)" }
    }
    print(([peak] + times).joined(separator: " "))
  }

  private static func run(
    _ plan: Plan, as id: JobID, on coordinator: Coordinator, usesCache: Bool
  ) async throws {
    var options = Coordinator.Options()
    options.useCache = usesCache
    let source = PipelineSource(file: "noop.yaml", text: "", overrides: [], parties: "")
    let running = try await coordinator.submit(plan, as: id, source: source, options: options)
    for await update in running.updates {
      if case .ended(let job) = update {
        guard job.state == .succeeded else { throw Missing("the job came to \(job.state)") }
        return
      }
    }
    throw Missing("the job was broken off")
  }
}
