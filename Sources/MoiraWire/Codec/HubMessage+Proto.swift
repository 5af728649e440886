internal import Foundation
internal import MoiraModel
internal import MoiraRelay
internal import SwiftProtobuf

extension Moira_V1_HubFrame {
  init(_ message: HubMessage) {
    self.init()
    body = Self.body(message)
  }

  private static func body(_ message: HubMessage) -> OneOf_Body {
    switch message {
    case .welcome(let welcome): .welcome(.init(welcome))
    case .consider(let job, let proposal):
      .consider(
        .with {
          $0.job = job.text
          $0.proposal = Data(proposal)
        })
    case .start(let order, let turn):
      .start(
        .with {
          $0.order = .init(order)
          $0.turn = turn
        })
    case .cancel(let key): .cancel(.init(key))
    case .standing(let keys, let turn):
      .standing(
        .with {
          $0.wanted = keys.map { .init($0) }
          $0.turn = turn
        })
    case .forget(let job): .forget(job.text)
    case .ask(let number, let question):
      .ask(
        .with {
          $0.number = number
          $0.question = .init(question)
        })
    case .noted(let number): .noted(number)
    case .letter(let letter): .letter(.init(letter))
    case .receipt(let receipt): .receipt(.init(receipt))
    }
  }

  func message() throws(FrameError) -> HubMessage {
    switch body {
    case .welcome(let welcome): .welcome(welcome.value)
    case .consider(let one): .consider(JobID(one.job), proposal: Array(one.proposal))
    case .start(let start): .start(start.order.value, turn: start.turn)
    case .cancel(let key): .cancel(key.value)
    case .standing(let standing): .standing(standing.wanted.map(\.value), turn: standing.turn)
    case .forget(let job): .forget(JobID(job))
    case .ask(let ask): .ask(ask.number, try ask.value())
    case .noted(let number): .noted(number)
    case .letter(let letter): .letter(letter.value)
    case .receipt(let receipt): .receipt(receipt.value)
    case nil: throw .missing("body")
    }
  }
}

extension Moira_V1_Welcome {
  fileprivate init(_ welcome: Welcome) {
    self.init()
    version = welcome.version
    patienceMilliseconds = UInt64(clamping: welcome.patience.milliseconds)
    revocations = Data(welcome.revocations)
  }

  fileprivate var value: Welcome {
    Welcome(
      version: version,
      patience: .milliseconds(Int64(min(patienceMilliseconds, 86_400_000))),
      revocations: Array(revocations))
  }
}

extension Moira_V1_Ask.OneOf_Question {
  fileprivate init(_ question: Question) {
    switch question {
    case .fingerprint(let order): self = .fingerprint(.init(order))
    case .holds(let job, let seat, let hashes):
      self = .holds(
        .with {
          $0.job = job.text
          $0.seat = seat.text
          $0.hashes = hashes.map(\.text)
        })
    case .artifact(let asked):
      self = .artifact(
        .with {
          $0.job = asked.job.text
          $0.seat = asked.seat.text
          $0.task = asked.task.text
          $0.reference = .init(asked.reference)
          $0.submitter = asked.submitter
          $0.certificate = Data(asked.certificate)
        })
    }
  }
}

extension Moira_V1_Ask {
  fileprivate func value() throws(FrameError) -> Question {
    switch question {
    case .fingerprint(let order): .fingerprint(order.value)
    case .holds(let holds):
      .holds(JobID(holds.job), seat: PartyID(holds.seat), holds.hashes.map { ContentHash($0) })
    case .artifact(let one):
      .artifact(
        ArtifactQuestion(
          job: JobID(one.job), seat: PartyID(one.seat), task: TaskID(one.task),
          reference: one.reference.value, submitter: one.submitter,
          certificate: Array(one.certificate)))
    case nil: throw .missing("question")
    }
  }
}
