import MoiraModel
import MoiraPlan
import MoiraRuntime

/// Plans what is submitted with the hub's own catalog.
struct HubPlanner: JobPlanner {
  let home: Home

  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    do throws(WrongText) {
      return try await ReadPipeline(source, home: home).plan().plan
    } catch {
      let lines = error.diagnostics.all.filter { $0.severity == .error }.map { one in
        "\(one.site.map { "\($0): " } ?? "")\(one.message) [\(one.code)]"
      }
      throw Failure(
        "pipeline-refused", "the hub finds the pipeline wrong: \(lines.joined(separator: "; "))",
        hint: "is the hub's build another one than yours? 'moira party list' shows the builds")
    }
  }
}
