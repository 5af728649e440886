extension PartyProfile {
  /// The text of a new `party.yaml`, with a comment on each thing that it may say.
  ///
  /// - Parameter hub: `host:port`, as written; nil leaves the hub as a comment.
  public static func newText(id: String, hub: String? = nil) -> String {
    """
    # A party is an organization that takes part in jobs. To Moira it is a folder with this file in it.
    #
    # Pipelines name parties by 'id', and data by the names under 'datasets'. Where the data lie stands
    # here alone: paths never appear in a pipeline and never leave the party.
    id: \(yamlScalar(id))

    # 'moira party dataset add NAME PATH' adds to these. For each: 'path', relative to this folder or
    # absolute; where the file differs from what is assumed, 'delimiter' (","), 'quote' ('"'),
    # 'header' (true) and 'missing' (empty, NA, NaN, nan, null, ?). 'id', 'label' and 'weight' name
    # columns for readers that name none, as those of FATE's files.
    datasets: {}

    \(hubText(hub))
    # Parties that can reach this one may send past the hub, still sealed.
    # direct: {listen: "0.0.0.0:7443", address: "party.example.org:7443"}

    # What jobs may take here at once: how many of them, and megabytes.
    # resources: {slots: 4, memory: 8192}

    \(policyText)

    """
  }

  private static func hubText(_ hub: String?) -> String {
    """
    # The hub that the party's agent dials. No port of this machine need be open.
    \(hub.map { "hub: {address: \(yamlScalar($0))}" } ?? "# hub: {address: \"hub.example.org:7433\"}")

    """
  }

  private static let policyText = """
    # What jobs of others may do here. Without 'policy' every job that comes through the hub is refused,
    # and so is whatever is not named below; 'any' names all. 'moira party policy' says these rules in
    # words, 'moira party plan PIPELINE' what they make of a pipeline.
    # policy:
    #   submitters: [alice]             # who may submit jobs, as their certificates name them
    #   partners: [hospital-b, hub]     # who may be in a job with us
    #   roles: [guest, host]            # what we may be in it
    #   components: [reader, partitioner, encryptor, feature_scale, homo_lr@2, evaluator]
    #   datasets:                       # a list of names, or each with rules of its own
    #     breast:
    #       submitters: [alice]         # fewer than above
    #       components: [reader, homo_lr]
    #       minimum_rows: 50
    #       epsilon: {per_partner: 3.0, delta: 1e-5, without_noise: []}
    #   protections: [secure_aggregation, secret_sharing, paillier]    # the default
    #   hours: {from: "20:00", to: "06:00", utc_offset: "+02:00", days: [mon, tue, wed, thu]}
    #   limits: {tasks: 100, parallelism: 8, memory: 4096, timeout: 86400}
    #   release: [model, metrics]       # what a submitter may fetch; rows and keys never leave
    """

  /// The text of a `party.yaml` with one more dataset, all else as it was, comments too.
  ///
  /// Nil where the text is laid out in a way that is not edited: datasets in `{}` over several lines,
  /// several documents. Read the result before it is written: a duplicate name is found there.
  ///
  /// - Parameter columns: what `id`, `label` and `weight` are called, where readers shall not say.
  public static func adding(
    dataset name: String, path: String, columns: [(key: String, name: String)] = [],
    to text: String
  ) -> String? {
    ProfileText(text)?.adding(
      [yamlScalar(name) + ":", "  path: " + yamlScalar(path)]
        + columns.map { "  \($0.key): " + yamlScalar($0.name) })
  }
}

/// A `party.yaml` as lines, with the place of its `datasets`.
private struct ProfileText {
  private var lines: [Substring]
  private let lineEnd: String

  init?(_ text: String) {
    lineEnd = text.utf8.contains(0x0D) ? "\r\n" : "\n"
    lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      Substring($0.last == 0x0D ? $0.dropLast() : $0)
    }
    while let last = lines.last, last.isEmpty { lines.removeLast() }
    let content = lines.filter { !$0.isBlankOrComment }
    let isEditable = !content.enumerated().contains { place, line in
      line.hasPrefix("...") || line.hasPrefix("---") && place > 0 || line.hasPrefix("{")
        || line.hasPrefix("--- {") || line.utf8.first == 0x09
    }
    if !isEditable { return nil }
  }

  func adding(_ entry: [String]) -> String? {
    var copy = self
    guard let place = lines.firstIndex(where: \.isDatasetsKey) else {
      if !lines.isEmpty { copy.lines.append("") }
      copy.lines.append("datasets:")
      return copy.text(with: entry, at: copy.lines.count, indent: 2)
    }
    guard let colon = lines[place].firstIndex(of: ":") else { return nil }
    let key = lines[place][...colon]
    let (value, comment) = lines[place][lines[place].index(after: colon)...].valueAndComment
    if value == "{}" || value == "~" || value == "null" {
      copy.lines[place] = key + (comment.isEmpty ? "" : " " + comment)
      return copy.text(with: entry, at: place + 1, indent: 2)
    }
    guard value.isEmpty else { return nil }
    return copy.textInBlock(after: place, entry)
  }

  /// After the last line of the block, which may be a comment that is indented like its entries.
  private func textInBlock(after key: Int, _ entry: [String]) -> String {
    var end = key + 1
    var last = key
    var indent: Int?
    while end < lines.count {
      let line = lines[end]
      if line.isBlankOrComment {
        if line.indent > 0, !line.isBlank { last = end }
      } else {
        guard line.indent > 0 else { break }
        indent = indent ?? line.indent
        last = end
      }
      end += 1
    }
    return text(with: entry, at: last + 1, indent: indent ?? 2)
  }

  private func text(with entry: [String], at place: Int, indent: Int) -> String {
    var all = lines.map(String.init)
    let space = String(repeating: " ", count: indent)
    all.insert(contentsOf: entry.map { space + $0 }, at: place)
    return all.joined(separator: lineEnd) + lineEnd
  }
}

extension Substring {
  fileprivate var indent: Int { utf8.prefix { $0 == 0x20 }.count }
  fileprivate var isBlank: Bool { utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
  fileprivate var isBlankOrComment: Bool {
    isBlank || utf8.drop { $0 == 0x20 || $0 == 0x09 }.first == UInt8(ascii: "#")
  }

  fileprivate var isDatasetsKey: Bool {
    for key in ["datasets", "\"datasets\"", "'datasets'"] where hasPrefix(key) {
      let rest = dropFirst(key.count).drop { $0 == " " }
      let following = rest.dropFirst().first
      if rest.first == ":", following == nil || following == " " || following == "\t" {
        return true
      }
    }
    return false
  }

  /// What stands behind the colon, and the comment behind that.
  fileprivate var valueAndComment: (value: Substring, comment: Substring) {
    let rest = drop { $0 == " " || $0 == "\t" }
    guard let mark = rest.firstIndex(of: "#") else { return (rest.trimmedAtEnd, "") }
    return (rest[..<mark].trimmedAtEnd, rest[mark...])
  }

  private var trimmedAtEnd: Substring {
    var rest = self
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}

/// A string as a YAML scalar: plain where it cannot be taken for anything else, else in quotes.
func yamlScalar(_ text: String) -> String {
  let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
  let isPlain =
    text.utf8.allSatisfy(isPlainByte) && text.utf8.contains { $0 | 0x20 > 0x60 && $0 != 0x5F }
    && !words.contains(text.lowercased())
    && !["+", "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].contains(
      String(text.prefix(1)))
    && !text.hasPrefix(".inf") && !text.lowercased().hasPrefix(".nan")
  if isPlain { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

/// Letters, digits, `_`, `-`, `.`, `/`: none of them means anything to YAML inside a word.
private func isPlainByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x2D...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
  default: false
  }
}
