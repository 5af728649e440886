internal import MoiraConfig
public import MoiraKit
public import MoiraModel
public import MoiraRuntime
internal import MoiraTable

/// One party's datasets in memory; a path finds what is registered under the same words.
public struct MemoryDatasets: DatasetStore {
  private let party: PartyID
  private let datasets: [String: Dataset]

  public init(_ party: PartyID, _ datasets: [String: [UInt8]] = [:]) {
    self.party = party
    var all: [String: Dataset] = [:]
    for (name, content) in datasets {
      let bytes = AlignedBytes(content)
      all[name] = Dataset(name: name, bytes: bytes, options: .map([]), hash: contentHash(bytes))
    }
    self.datasets = all
  }

  public func open(_ choice: DatasetChoice) throws(Failure) -> Dataset {
    let name =
      switch choice {
      case .named(let name), .path(let name): name
      }
    guard let dataset = datasets[name] else {
      let near = nearestName(to: name, among: datasets.keys.sorted())
      throw Failure(
        "dataset-unregistered", "'\(party)' has no dataset '\(name)'",
        hint: near.map { "did you mean '\($0)'?" })
    }
    return dataset
  }
}
