/// A generator that hands out many words at once faster than one by one.
///
/// A class, so that whoever is handed one draws from it and not from a copy.
public protocol WordSource: AnyObject, RandomNumberGenerator {
  /// Overwrites all the words; the same as as many calls of `next`.
  func fill(_ words: inout [UInt64])
}
