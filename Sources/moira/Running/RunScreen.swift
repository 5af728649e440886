import MoiraRuntime

/// What shows a job while it runs.
protocol RunScreen: Sendable {
  func take(_ update: JobUpdate) async
  /// Leaves the terminal as it should be.
  func end() async
}

/// Shows nothing: for programs, which get one document at the end.
struct SilentScreen: RunScreen {
  func take(_ update: JobUpdate) {}
  func end() {}
}
