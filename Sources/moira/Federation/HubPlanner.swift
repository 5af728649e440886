import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime

/// Plans what is submitted with the hub's own catalog.
struct HubPlanner: JobPlanner {
  let home: Home

  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    let read = await ReadPipeline(source, home: home)
    var found = read.diagnostics
    let plan = read.pipeline.flatMap {
      Plan.making(
        $0, catalog: standardCatalog.schemas, overrides: read.overrides, registry: nil,
        into: &found)
    }
    guard let plan, !found.hasErrors else {
      let lines = found.all.filter { $0.severity == .error }.map { one in
        "\(one.site.map { "\($0): " } ?? "")\(one.message) [\(one.code)]"
      }
      throw Failure(
        "pipeline-refused", "the hub finds the pipeline wrong: \(lines.joined(separator: "; "))",
        hint: "is the hub's build another one than yours? 'moira party list' shows the builds")
    }
    return plan
  }
}
