internal import MoiraCrypto
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraProtocols

/// Why an update is left out of a rule.
private enum UpdateState: Int {
  case noRows, usable, notFinite
}

extension Pool {
  /// What a rule makes of the clients' updates, which the arbiter sees; nil if nobody has any.
  ///
  /// Each party with rows counts once, for a false one would claim many. The words are those of a
  /// sum, so that no client can send what is no number, or beyond ±4096.
  /// - Throws: `robust-parties` where fewer parties have rows than the rule needs,
  ///   `protocol-violation`.
  mutating func combineVisible(
    _ own: WeightedUpdate?, _ rule: RobustRule, count: Int, name: String
  ) async throws -> [Double]? {
    do {
      let terms = try GatherTerms(
        nextLabel(name), count: count + 2, answerCount: count + 1, clients: clients,
        aggregator: arbiter)
      let answer: [UInt64]
      if let own {
        let client = try GatherClient(task.party, terms: terms, words: try words(of: own))
        answer = try await drive(client, with: arbiter, in: task)
      } else {
        let uploads = try await drive(
          GatherAggregator(terms: terms), patience: protection.patience, in: task)
        answer = try combined(uploads, rule, count: count)
        for message in terms.answer(answer) {
          try await task.send(message.message, to: message.recipient)
        }
      }
      return answer[count] == 0 ? nil : try fixedPoint.decodeReals(Array(answer[..<count]))
    } catch let refusal as ProtocolRefusal {
      throw named(refusal.failure, name)
    } catch let refusal as SecureSumRefusal {
      throw named(refusal.failure, name)
    } catch let error as FixedPointError {
      throw named(error.failure, name)
    }
  }

  /// An update's words, then its state and how many values were clipped.
  private func words(of own: WeightedUpdate) throws(FixedPointError) -> [UInt64] {
    let isFinite = own.values.allSatisfy(\.isFinite)
    let state: UpdateState = !isFinite ? .notFinite : own.weight > 0 ? .usable : .noRows
    let encoded = try fixedPoint.encodeReals(isFinite ? own.mean : own.values.map { _ in 0 })
    return encoded.words + [UInt64(state.rawValue), UInt64(encoded.clipCount)]
  }

  /// The rule's result and 1; or zeros if no update can be used. The arbiter's part.
  private func combined(
    _ uploads: [PartyID: [UInt64]], _ rule: RobustRule, count: Int
  ) throws -> [UInt64] {
    var vectors: [[Double]] = []
    for client in clients {
      guard let words = uploads[client] else { continue }
      note(client, state: words[count], clips: words[count + 1])
      guard words[count] == UpdateState.usable.rawValue else { continue }
      do {
        let single = try FixedPoint(parties: 1)
        vectors.append(try single.decodeReals(Array(words[..<count])))
      } catch {
        throw Failure(
          "protocol-violation",
          "\(client) sent a value that is beyond ±4096, where all values are clipped")
      }
    }
    guard !vectors.isEmpty else { return Array(repeating: 0, count: count + 1) }
    guard vectors.count >= rule.leastVectors else {
      throw Failure(
        "robust-parties",
        "'aggregation_rule: \(rule.name)' needs at least \(rule.leastVectors) parties with rows, but \(vectors.count) have any",
        hint: "a smaller 'aggregation_rule.byzantine' or 'selected', or 'median'")
    }
    return try fixedPoint.encodeReals(rule.combine(vectors)).words + [1]
  }

  private func note(_ client: PartyID, state: UInt64, clips: UInt64) {
    if state == UpdateState.notFinite.rawValue {
      task.warn("the update of \(client) is no number and was left out")
    }
    if clips > 0, clips <= UInt64(Int.max) {
      task.warn("\(clips) values of \(client) were beyond ±4096 and were clipped")
    }
  }
}
