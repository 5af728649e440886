public import MoiraModel

/// The attempt of a task to which keys and messages belong.
public struct TaskScope: Hashable, Sendable {
  public let job: JobID
  public let task: TaskID
  public let attempt: Int

  public init(job: JobID, task: TaskID, attempt: Int) {
    self.job = job
    self.task = task
    self.attempt = attempt
  }
}

/// What one masked vector is, so that every vector gets masks of its own.
///
/// The model's hash is in it: parties that were given different models derive different masks, and
/// whoever sent them gets noise (Pasquini, Francati, Ateniese, CCS 2022).
public struct MaskLabel: Hashable, Sendable {
  public let scope: TaskScope
  public let round: Int
  public let tensor: String
  /// The global model from which the party started, if there is one.
  public let model: ContentHash?

  public init(scope: TaskScope, round: Int, tensor: String, model: ContentHash? = nil) {
    self.scope = scope
    self.round = round
    self.tensor = tensor
    self.model = model
  }

  /// The SHA-256 of all fields, by which two parties see that they mean the same vector.
  public var hash: ContentHash {
    var writer = ByteWriter()
    writer.write("moira/label/1")
    writer.write(scope.job.text)
    write(into: &writer)
    return sha256(writer.bytes)
  }

  /// All fields but the job, each with its length.
  func write(into writer: inout ByteWriter) {
    writer.write(scope.task.text)
    writer.write(Int64(scope.attempt))
    writer.write(Int64(round))
    writer.write(tensor)
    writer.write(model != nil)
    writer.write(model?.text ?? "")
  }
}
