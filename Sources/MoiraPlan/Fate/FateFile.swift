internal import MoiraConfig
internal import MoiraModel

/// A FATE file as written: its form is right, names are not yet looked up.
struct FateFile {
  var seats: [Pipeline.Member]
  var stage: FateStage?
  var conf: FateConf
  var tasks: [FateStep]
  var site: Site?
  /// Whether its one party has the role `local`.
  var isLocal = false
  /// What its tasks may be of.
  var components = FateComponents.all
}

/// One task as written.
struct FateStep {
  let id: TaskID
  let site: Site?
  let component: Pipeline.Named<String>
  let parameters: ConfigNode?
  let inputs: [FateInput]
  let after: [Pipeline.Named<TaskID>]
  /// Nil for all of the job.
  let seats: Set<PartyID>?
  let conf: ConfigNode?
  let stage: Pipeline.Named<FateStage>?
  /// Of `party_tasks`, in the file's order; later ones go over earlier ones.
  var overrides: [(seats: Set<PartyID>, parameters: ConfigNode?, conf: ConfigNode?)] = []
  /// `need_run: false` of FATE 1.x: the seats that sit it out.
  var resting: Set<PartyID> = []
}

/// An input port with what is written under it.
struct FateInput {
  let port: Pipeline.Named<String>
  /// `data` or `model`, the mapping that it stands in.
  let section: String
  let channels: [FateChannel]
  /// Whether something in it was wrong, and told of.
  var isWrong = false
}

/// One source of an input.
struct FateChannel {
  enum Source {
    case output(task: Pipeline.Named<String>, key: Pipeline.Named<String>)
    case dataset(Pipeline.Named<String>)
    case earlier(FateReference)
  }

  let source: Source
  /// Nil for all that take part.
  let seats: Set<PartyID>?
  let site: Site?
}
