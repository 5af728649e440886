/// How the learning rate changes from round to round.
public enum LearningRateSchedule: Hashable, Codable, Sendable {
  case constant
  /// Times a factor in the first `rounds` rounds, and the base rate itself after them: PyTorch's
  /// ConstantLR, whose `total_iters` are the rounds.
  case reduced(factor: Double, rounds: Int)
  /// Times gamma after every `size` rounds.
  case step(size: Int, gamma: Double)
  /// Times a factor that goes straight from `start` to `end` over `rounds` rounds, and stays there:
  /// PyTorch's LinearLR, whose `total_iters` are the rounds.
  case linear(start: Double, end: Double, rounds: Int)
  /// Half a cosine from the base rate down to `floor` over `rounds` rounds, and stays there.
  ///
  /// Source: Loshchilov and Hutter, SGDR (2017), eq. 5, without restarts.
  case cosine(rounds: Int, floor: Double)
  /// Divided by 1 + decay · round.
  case inverse(decay: Double)
  /// Divided by √(1 + decay · round).
  case inverseRoot(decay: Double)

  /// The rate of a round, counted from 0.
  public func rate(base: Double, round: Int) -> Double {
    switch self {
    case .constant: return base
    case .reduced(let factor, let rounds): return round < rounds ? base * factor : base
    case .step(let size, let gamma): return base * power(gamma, Double(round / max(1, size)))
    case .linear(let start, let end, let rounds):
      return base * (start + (end - start) * progress(round, of: rounds))
    case .cosine(let rounds, let floor):
      return floor + (base - floor) * (1 + MoiraMath.cosine(.pi * progress(round, of: rounds))) / 2
    case .inverse(let decay): return base / (1 + decay * Double(round))
    case .inverseRoot(let decay): return base / (1 + decay * Double(round)).squareRoot()
    }
  }

  private func progress(_ round: Int, of rounds: Int) -> Double {
    Double(min(round, rounds)) / Double(max(1, rounds))
  }
}
