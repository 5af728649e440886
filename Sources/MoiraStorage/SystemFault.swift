import Foundation

/// Why the system would not do something with a file.
struct SystemFault: Error, Hashable, Sendable {
  /// As in `errno`.
  let number: Int32

  /// The fault of the call that has just been made.
  static var last: SystemFault { SystemFault(number: errno) }

  /// In words, without the path.
  var reason: String {
    switch number {
    case ENOENT: "no such file"
    case EACCES, EPERM: "no permission"
    case ENOSPC, EDQUOT: "no space is left on the disk"
    case EROFS: "the disk is read-only"
    case EISDIR: "it is a folder"
    case ENODEV: "it is not a plain file"
    case EFBIG: "it is too large"
    case ENOTDIR: "something on its path is not a folder"
    case EMFILE, ENFILE: "too many files are open"
    case EIO: "the disk does not answer as it should"
    default: String(cString: strerror(number)).lowercased()
    }
  }

  /// What to do about a place that cannot be written; nil where nothing is sure.
  var hint: String? {
    switch number {
    case ENOSPC, EDQUOT: "free some space; 'moira gc' removes artifacts that nothing refers to"
    case EACCES, EPERM, EROFS: "make the folder writable for the user that runs moira"
    case ENOTDIR, EEXIST: "a file stands where a folder should be"
    default: nil
    }
  }
}
