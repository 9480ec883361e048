import Foundation
import Glibc

/// The user who runs this process, and the machine it runs on.
package enum Typist {
    /// The user behind sudo, where there is one.
    package static var name: String {
        if let user = ProcessInfo.processInfo.environment["SUDO_USER"] { return user }
        // A user who is in no list, as in a container, still has a number.
        return name(of: getuid()) ?? "uid \(getuid())"
    }

    /// The name of a user; nil for one who is in no list.
    static func name(of user: uid_t) -> String? {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var bytes = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(user, &entry, &bytes, bytes.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return nil }
        return String(cString: name)
    }

    package static var host: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
        return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
