import Foundation

/// A PostgreSQL for the length of one script: made in a directory that goes with it, and reached by a socket in that
/// directory alone. Its programs refuse to run as root, so root becomes the user that Debian's package makes.
package enum Postgres {
    private static let programs = "/usr/lib/postgresql/15/bin"
    package static let absence = "PostgreSQL 15 is not installed (Debian's postgresql-15; `make test` installs it)"
    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: programs + "/initdb") }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// One process for all of it: whatever is left behind when a process ends would keep us waiting for it.
    private static let work = """
        set -e
        PATH=\(programs):$PATH
        initdb -D data -U nudged -A trust -E UTF8 --locale=C --no-sync >log 2>&1
        trap 'pg_ctl -D data -m immediate stop >>log 2>&1' EXIT
        pg_ctl -D data -w -l server.log start >>log 2>&1 -o \
          "-F -c listen_addresses='' -c unix_socket_directories='$PWD' -c unix_socket_permissions=0700"
        psql -X -q -A -t -h "$PWD" -U nudged -d postgres -f script.sql 2>>log
        """

    /// What psql prints for a script; it goes on after errors.
    package static func run(script: String) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "pg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(script.utf8).write(to: directory.appending(path: "script.sql"))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let isRoot = geteuid() == 0
        let asServer =
            "chown -R postgres . && chmod 755 . && exec setpriv --reuid=postgres --regid=postgres --clear-groups"
        process.arguments = ["-c", isRoot ? "\(asServer) sh -c \"$0\"" : work, work]
        process.currentDirectoryURL = directory
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let printed = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let log = try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)
            throw Failure(description: "PostgreSQL: \(process.terminationStatus) \(log?.suffix(2000) ?? "")")
        }
        return printed
    }
}
