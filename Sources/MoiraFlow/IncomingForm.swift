import Foundation
internal import MoiraConfig
internal import MoiraModel

/// A multipart form as it comes in: fields are kept in memory, the part `file` goes to the disk.
struct IncomingForm {
  private var parser: MultipartBody
  private var entries: [ConfigMap.Entry] = []
  private var field: (name: String, bytes: [UInt8])?
  private var handle: FileHandle?
  private(set) var file: IncomingFile?
  private let folder: String

  init(type: String, folder: String) throws(FlowRefusal) {
    self.folder = folder
    do throws(MultipartBody.Fault) {
      parser = try MultipartBody(contentType: type)
    } catch {
      throw Self.refusal(error)
    }
  }

  mutating func take(_ bytes: some Collection<UInt8>) throws(FlowRefusal) {
    let events: [MultipartBody.Event]
    do throws(MultipartBody.Fault) {
      events = try parser.take(bytes)
    } catch {
      throw Self.refusal(error)
    }
    for event in events { try take(event) }
  }

  private mutating func take(_ event: MultipartBody.Event) throws(FlowRefusal) {
    switch event {
    case .part("file", let name):
      guard file == nil else { throw Self.form("the form has two parts 'file'") }
      try open(name ?? "file")
    case .part(let name, _): field = (name, [])
    case .content(let bytes):
      if let handle { try write(bytes, to: handle) } else { try append(bytes) }
    case .partEnd:
      try close()
    }
  }

  /// The fields, once all of the body is there.
  mutating func finish() throws(FlowRefusal) -> FlowFields {
    guard parser.isWhole else { throw Self.refusal(.truncated) }
    return FlowFields(ConfigMap(entries))
  }

  func remove() {
    if let file { unlink(file.path) }
  }

  // MARK: Parts

  private mutating func open(_ name: String) throws(FlowRefusal) {
    let path = "\(folder)/\(UUID().uuidString).incoming"
    let isMade = FileManager.default.createFile(
      atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    guard isMade, let handle = FileHandle(forWritingAtPath: path) else {
      throw FlowRefusal(
        .exception, Failure("storage-unwritable", "no file can be made for what is coming in"))
    }
    self.handle = handle
    file = IncomingFile(path: path, name: String(name.prefix(FlowLimits.name)))
  }

  private func write(_ bytes: [UInt8], to handle: FileHandle) throws(FlowRefusal) {
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw FlowRefusal(
        .exception,
        Failure("storage-unwritable", "what is coming in cannot be written", cause: "\(error)"))
    }
  }

  private mutating func append(_ bytes: [UInt8]) throws(FlowRefusal) {
    field?.bytes += bytes
    if let field, field.bytes.count > FlowLimits.partField {
      throw FlowRefusal(
        .parameter,
        Failure(
          "request-too-large",
          "the field '\(field.name.prefix(60))' may have at most \(FlowLimits.partField) bytes"),
        status: 413)
    }
  }

  private mutating func close() throws(FlowRefusal) {
    if let open = handle {
      handle = nil
      try? open.close()
    } else if let done = field {
      field = nil
      guard let text = String(validating: done.bytes, as: UTF8.self) else {
        throw Self.form("the field '\(done.name.prefix(60))' is no UTF-8")
      }
      entries.append(
        .init(key: done.name, keySite: nil, value: ConfigNode(.string(text), at: nil, text: text)))
    }
  }

  // MARK: Words

  private static func form(_ text: String) -> FlowRefusal {
    FlowRefusal(.parameter, Failure("request-form", text), status: 400)
  }

  private static func refusal(_ fault: MultipartBody.Fault) -> FlowRefusal {
    switch fault {
    case .noBoundary: form("the multipart form names no boundary")
    case .head: form("a part of the form has no name")
    case .tooManyParts: form("the form has more than \(FlowLimits.parts) parts")
    case .headTooLong: form("the head of a part has more than \(FlowLimits.partHead) bytes")
    case .truncated: form("the form ends before its last boundary")
    case .preamble: form("something stands where a boundary should")
    }
  }
}
