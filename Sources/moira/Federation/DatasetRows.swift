import MoiraConfig
import MoiraKit
import MoiraPlan
import MoiraTable

/// How many rows a dataset has, without a look at what stands in them.
enum DatasetRows {
  /// Lines that are not empty, outside of quotes, but for the header.
  static func count(_ dataset: Dataset) -> Int {
    let options = ReadingOptions(dataset.options)
    let quote = options.quote.utf8.first ?? 0x22
    var rows = 0
    var isQuoted = false
    var isEmpty = true
    dataset.bytes.withBytes { bytes in
      for byte in bytes {
        if byte == quote { isQuoted.toggle() }
        if byte == 0x0A, !isQuoted {
          if !isEmpty { rows += 1 }
          isEmpty = true
        } else if byte != 0x0D {
          isEmpty = false
        }
      }
    }
    if !isEmpty { rows += 1 }
    return max(0, rows - (options.header ? 1 : 0))
  }
}
