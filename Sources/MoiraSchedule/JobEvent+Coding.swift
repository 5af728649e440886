/// An event in a journal: `{"kind": "part-failed", "part": {...}, "failure": {...}}`.
extension JobEvent: Codable {
  private enum Kind: String, Codable {
    case submitted
    case cacheAnswered = "cache-answered"
    case partSucceeded = "part-succeeded"
    case partFailed = "part-failed"
    case timerFired = "timer-fired"
    case stopRequested = "stop-requested"
    case resumed, recovered
    case partLost = "part-lost"
    case refused
  }

  private enum CodingKeys: String, CodingKey {
    case kind
  }

  private var kind: Kind {
    switch self {
    case .submitted: .submitted
    case .cacheAnswered: .cacheAnswered
    case .partSucceeded: .partSucceeded
    case .partFailed: .partFailed
    case .timerFired: .timerFired
    case .stopRequested: .stopRequested
    case .resumed: .resumed
    case .recovered: .recovered
    case .partLost: .partLost
    case .refused: .refused
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    switch self {
    case .submitted(let shape): try shape.encode(to: encoder)
    case .cacheAnswered(let answer): try answer.encode(to: encoder)
    case .partSucceeded(let success): try success.encode(to: encoder)
    case .partFailed(let failure): try failure.encode(to: encoder)
    case .timerFired(let timer): try timer.encode(to: encoder)
    case .stopRequested(let request): try request.encode(to: encoder)
    case .resumed, .recovered: break
    case .partLost(let part): try part.encode(to: encoder)
    case .refused(let refusal): try refusal.encode(to: encoder)
    }
  }

  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
    case .submitted: self = .submitted(try .init(from: decoder))
    case .cacheAnswered: self = .cacheAnswered(try .init(from: decoder))
    case .partSucceeded: self = .partSucceeded(try .init(from: decoder))
    case .partFailed: self = .partFailed(try .init(from: decoder))
    case .timerFired: self = .timerFired(try .init(from: decoder))
    case .stopRequested: self = .stopRequested(try .init(from: decoder))
    case .resumed: self = .resumed
    case .recovered: self = .recovered
    case .partLost: self = .partLost(try .init(from: decoder))
    case .refused: self = .refused(try .init(from: decoder))
    }
  }
}
