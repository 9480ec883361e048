import Config
import Glibc
import Intake
import Kit

/// Where the files of a folder go once they were read: `done`, or `rejected` with the rows that could not be taken.
struct FolderPlaces {
    /// A folder that cannot be read or written, or a file that cannot be moved. Says which and why.
    struct Obstacle: Error {
        let words: String

        init(_ doing: String, _ code: Int32) { words = "\(doing): \(String(cString: strerror(code)))" }
    }

    enum Place: String, Sendable { case done, rejected }

    let folder: String

    func path(_ name: String) -> String { folder + "/" + name }
    private func path(_ place: Place, _ name: String = "") -> String {
        path(place.rawValue) + (name.isEmpty ? "" : "/" + name)
    }

    /// The files that are meant for us. Throws an `Obstacle`.
    func files() throws -> [String: FileLook] {
        guard let names = Configuration.Folder.names(in: folder) else {
            throw Obstacle("the folder cannot be read", errno)
        }
        return names.reduce(into: [:]) { files, name in files[name] = FileLook(path(name)) }
    }

    /// Makes the places, closed to others. Throws an `Obstacle`.
    func make() throws {
        for place in [Place.done, .rejected] {
            guard mkdir(path(place), 0o700) == 0 || errno == EEXIST else {
                throw Obstacle("\(place.rawValue)/ cannot be made", errno)
            }
        }
    }

    /// The name that a file gets in a place: its own, or where another has it, one with the time. A file of rejected
    /// rows beside no such name is what an import left that did not end.
    func freeName(_ name: String, in place: Place, at now: Instant) -> String {
        func isFree(_ name: String) -> Bool {
            var status = stat()
            return lstat(path(place, name), &status) != 0
        }
        if isFree(name) { return name }
        let point = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? name.endIndex
        let (stem, ending) = (name[..<point], name[point...])
        let stamp = now.utcText.prefix(19).filter { $0 != ":" && $0 != "-" }
        var number = 1
        while true {
            let candidate = "\(stem)-\(stamp)\(number > 1 ? "-\(number)" : "")\(ending)"
            if isFree(candidate) { return candidate }
            number += 1
        }
    }

    func rejectedRows(of name: String) -> String { RejectedFile.path(of: path(.rejected, name)) }

    /// Moves a file that was read, readable for us alone where it is ours. Throws an `Obstacle`.
    func move(_ name: String, to place: Place, as target: String) throws {
        _ = chmod(path(name), 0o600)
        guard rename(path(name), path(place, target)) == 0 else {
            throw Obstacle("a file that was read cannot be moved to \(place.rawValue)/", errno)
        }
    }
}
