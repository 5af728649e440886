internal import Foundation
internal import MoiraModel
internal import MoiraRelay
internal import SwiftProtobuf

extension Moira_V1_AgentFrame {
  init(_ message: AgentMessage) {
    self.init()
    switch message {
    case .hello(let hello): body = .hello(.init(hello))
    case .decided(let job, let consent):
      body = .decided(
        .with {
          $0.job = job.text
          $0.refusals = consent.refusals.map { .init($0) }
        })
    case .told(let number, let telling): body = .told(.init(number, telling))
    case .answered(let number, let answer): body = .answered(.init(number, answer))
    case .letter(let letter): body = .letter(.init(letter))
    case .receipt(let receipt): body = .receipt(.init(receipt))
    case .beat: body = .beat(.init())
    }
  }

  func message() throws(FrameError) -> AgentMessage {
    switch body {
    case .hello(let hello): .hello(try hello.value())
    case .decided(let decided):
      .decided(JobID(decided.job), Consent(refusals: decided.refusals.map(\.value)))
    case .told(let told): .told(told.number, try told.value())
    case .answered(let answered): .answered(answered.number, try answered.value())
    case .letter(let letter): .letter(letter.value)
    case .receipt(let receipt): .receipt(receipt.value)
    case .beat: .beat
    case nil: throw .missing("body")
    }
  }
}

extension Moira_V1_Hello {
  fileprivate init(_ hello: Hello) {
    self.init()
    version = hello.version
    build = hello.build
    components = hello.components.mapValues { UInt32(clamping: $0) }
    slots = UInt32(clamping: hello.slots)
    memory = UInt64(clamping: hello.memory)
    jobs = hello.jobs.map(\.text)
    firstTold = hello.firstTold
    direct = hello.direct ?? ""
  }

  fileprivate func value() throws(FrameError) -> Hello {
    try FrameLimits.check(firstTold, "first_told")
    if jobs.count > FrameLimits.names { throw .outOfRange("jobs") }
    if components.count > FrameLimits.names { throw .outOfRange("components") }
    if build.utf8.count > FrameLimits.build { throw .outOfRange("build") }
    return Hello(
      version: version, build: build, components: components.mapValues(Int.init),
      slots: Int(slots), memory: Int(clamping: min(memory, 1 << 30)),
      jobs: jobs.map { JobID($0) }, firstTold: firstTold,
      direct: direct.isEmpty ? nil : direct)
  }
}

extension Moira_V1_Told {
  fileprivate init(_ number: UInt64, _ telling: Telling) {
    self.init()
    self.number = number
    key = .init(telling.key)
    switch telling {
    case .report(_, let bytes): report = Data(bytes)
    case .ended(_, let end): ended = .init(end)
    }
  }

  fileprivate func value() throws(FrameError) -> Telling {
    try FrameLimits.check(number, "number")
    switch telling {
    case .report(let report):
      if report.count > FrameLimits.report { throw .outOfRange("report") }
      return .report(key.value, Array(report))
    case .ended(let end): return .ended(key.value, try end.value())
    case nil: throw .missing("telling")
    }
  }
}

extension Moira_V1_PartEnd {
  fileprivate init(_ end: PartEnd) {
    self.init()
    switch end {
    case .succeeded(let outputs, let absent):
      succeeded = .with {
        $0.outputs = outputs.map { .init($0) }
        if let absent { $0.absent = .with { $0.parties = absent.map(\.text) } }
      }
    case .failed(let failure): failed = .init(failure)
    case .lost: lost = true
    }
  }

  fileprivate func value() throws(FrameError) -> PartEnd {
    switch end {
    case .succeeded(let outcome):
      .succeeded(
        outputs: outcome.outputs.map(\.value),
        absent: outcome.hasAbsent ? outcome.absent.parties.map { PartyID($0) } : nil)
    case .failed(let failure): .failed(failure.value)
    case .lost: .lost
    case nil: throw .missing("end")
    }
  }
}

extension Moira_V1_Answered {
  fileprivate init(_ number: UInt64, _ answer: Answer) {
    self.init()
    self.number = number
    switch answer {
    case .fingerprint(let text): fingerprint = .with { if let text { $0.text = text } }
    case .holds(let holds): self.holds = holds
    case .piece(let number, let sealed, let isLast):
      piece = .with {
        $0.number = number
        $0.sealed = Data(sealed)
        $0.isLast = isLast
      }
    case .failed(let failure): failed = .init(failure)
    }
  }

  fileprivate func value() throws(FrameError) -> Answer {
    switch answer {
    case .fingerprint(let one): .fingerprint(one.hasText ? one.text : nil)
    case .holds(let holds): .holds(holds)
    case .piece(let piece): .piece(piece.number, Array(piece.sealed), isLast: piece.isLast)
    case .failed(let failure): .failed(failure.value)
    case nil: throw .missing("answer")
    }
  }
}
