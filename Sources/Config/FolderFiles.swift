import Glibc

extension Configuration.Folder {
    /// The names of the regular files in a folder that are meant for us, links not followed; nil where it cannot be read,
    /// for the reason in `errno`.
    package static func names(in path: String) -> [String]? {
        guard let entries = opendir(path) else { return nil }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            var status = stat()
            guard let name, isMeant(name), lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { continue }
            names.append(name)
        }
        return names
    }
}
