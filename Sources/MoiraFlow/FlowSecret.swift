/// Ids and tokens from the system's secure generator.
public enum FlowSecret {
  private static let characters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  /// 32 of 62 characters: 190 bits.
  private static let length = 32

  public static func token() -> String { text(length, of: characters) }

  /// For ids: they are no secret.
  static func digits(_ count: Int) -> String { text(count, of: Array("0123456789")) }

  private static func text(_ count: Int, of characters: [Character]) -> String {
    var generator = SystemRandomNumberGenerator()
    return String(
      (0..<count).map { _ in characters[Int.random(in: characters.indices, using: &generator)] })
  }
}
