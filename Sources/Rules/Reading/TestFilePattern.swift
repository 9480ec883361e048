/// File patterns of test files: `*` and `?` stand for characters of one name, `**` for any number of folders.
package enum TestFilePattern {
    package static func isPattern(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" } }

    /// The folder that a search begins in: the part before the first name with a wildcard, empty for none.
    package static func base(of pattern: String) -> String {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return parts.prefix { !isPattern(String($0)) }.joined(separator: "/")
    }

    package static func matches(_ path: String, _ pattern: String) -> Bool {
        parts(path.split(separator: "/")[...], pattern.split(separator: "/")[...])
    }

    private static func parts(_ path: ArraySlice<Substring>, _ pattern: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == "**" {
            return parts(path, pattern.dropFirst()) || (!path.isEmpty && parts(path.dropFirst(), pattern))
        }
        guard let name = path.first, matches(name: name[...], first[...]) else { return false }
        return parts(path.dropFirst(), pattern.dropFirst())
    }

    private static func matches(name: Substring, _ pattern: Substring) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == "*" {
            return matches(name: name, pattern.dropFirst())
                || (!name.isEmpty && matches(name: name.dropFirst(), pattern))
        }
        guard let character = name.first, first == "?" || first == character else { return false }
        return matches(name: name.dropFirst(), pattern.dropFirst())
    }

    /// A path relative to a folder, without `.` and, as far as it goes, without `..`.
    package static func joined(_ path: String, to folder: String) -> String {
        let whole = path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// The folder of a file; empty for a bare name.
    package static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
    }
}
