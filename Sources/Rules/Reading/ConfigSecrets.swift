import Glibc

/// Where a secret stands; the secret itself is never in nudged.yaml and never in a message of ours.
package enum SecretRef: Sendable, Hashable {
    /// An environment variable.
    case env(String)
    /// A file of that name in `$CREDENTIALS_DIRECTORY`, which systemd fills.
    case credential(String)
    /// Absolute; neither its group nor others may have any right to it.
    case file(String)

    /// Names the place that fails and never what it holds.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The secret without one trailing newline. Throws `Failure` when it is absent, empty, longer than a line, not
    /// UTF-8, or readable by others.
    package func resolve(environment: [String: String]) throws -> String {
        switch self {
        case .env(let name):
            let place = "environment variable \(name)"
            guard let value = environment[name] else { throw Failure(description: "\(place) is not set") }
            return try SecretRef.oneLine(value, from: place)
        case .credential(let name):
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                let cause = "$CREDENTIALS_DIRECTORY is not set; LoadCredential= in the unit sets it"
                throw Failure(description: "credential \(name): \(cause)")
            }
            let text = try SecretFile(path: directory + "/" + name, mustBePrivate: false).read()
            return try SecretRef.oneLine(text, from: "credential \(name)")
        case .file(let path):
            let text = try SecretFile(path: path, mustBePrivate: true).read()
            return try SecretRef.oneLine(text, from: "secret file \(path)")
        }
    }

    /// Secrets go into headers and addresses, where a second line would start something else.
    private static func oneLine(_ text: String, from place: String) throws -> String {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        if bytes.isEmpty { throw Failure(description: "\(place) is empty") }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Failure(description: "\(place) holds more than one line, or control characters")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A small file that holds one secret.
private struct SecretFile {
    let path: String
    let mustBePrivate: Bool

    private static let maxBytes = 16 * 1024

    /// Rights are checked on the open file, so that nobody can exchange it in between.
    func read() throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure("not a file") }
        if mustBePrivate, status.st_mode & 0o077 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw failure("others may read it (mode 0\(mode)); run  chmod 0600 \(path)")
        }
        guard status.st_size <= SecretFile.maxBytes else { throw failure("too long for a secret") }
        return try text(of: descriptor)
    }

    private func text(of descriptor: Int32) throws -> String {
        var buffer = [UInt8](repeating: 0, count: SecretFile.maxBytes + 1)
        var count = 0
        while count < buffer.count {
            let got = buffer[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure(String(cString: strerror(errno))) }
            if got == 0 { break }
            count += got
        }
        guard let text = String(validating: buffer[..<count], as: UTF8.self) else { throw failure("not UTF-8 text") }
        return text
    }

    private func failure(_ reason: String) -> SecretRef.Failure {
        SecretRef.Failure(description: "secret file \(path): \(reason)")
    }
}

/// A secret of nudged.yaml with the place that names it.
package struct SecretPlace: Sendable {
    /// `password`, `write_key`, `path_token`.
    package let key: String
    package let ref: SecretRef
    package let span: SourceSpan
    package let path: [String]
}

extension ConfigReader {
    /// Every secret that is named, in file order; what is written wrongly has its own finding.
    package static func secrets(in file: YAMLFile) -> [SecretPlace] {
        guard let root = file.root else { return [] }
        var found: [SecretPlace] = []
        visit(root, [], &found)
        return found
    }

    private static func visit(_ node: YAMLNode, _ path: [String], _ found: inout [SecretPlace]) {
        for (index, item) in (node.items ?? []).enumerated() { visit(item, path + [String(index)], &found) }
        for entry in node.entries ?? [] {
            let inner = path + [entry.key]
            var findings = Findings()
            if ["password", "write_key", "path_token"].contains(entry.key), entry.value.entries != nil,
                let ref = findings.secret(entry.value)
            {
                found.append(SecretPlace(key: entry.key, ref: ref, span: entry.value.span, path: inner))
            } else {
                visit(entry.value, inner, &found)
            }
        }
    }
}

extension BlockReader {
    /// `{env: NAME}`, `{credential: name}` or `{file: /abs/path}`.
    func secret(_ key: String, _ findings: inout Findings) -> SecretRef? {
        read(key, &findings) { $0.secret($1) }
    }
}

extension Findings {
    /// Neither the message nor the help repeats what was written (R107: the excerpt must not show it either).
    mutating func inlineSecret(_ node: YAMLNode, help: String) {
        report("R107", "a secret is written out under `\(place)`", at: node.span, help: [help])
    }

    fileprivate mutating func secret(_ node: YAMLNode) -> SecretRef? {
        if node.text != nil {
            inlineSecret(node, help: "say where it is:  {env: NAME},  {credential: name}  or  {file: /etc/nudged/name}")
            return nil
        }
        guard let block = BlockReader(node, ConfigKeys.secret, &self), block.entries.count == 1,
            let chosen = block.chosen, let text = block.text(chosen.key, &self)
        else { return nil }
        switch chosen.key {
        case "env" where isVariable(text): return .env(text)
        case "credential" where !text.contains("/") && !text.hasPrefix(".") && !text.isEmpty: return .credential(text)
        case "file" where text.hasPrefix("/"): return .file(text)
        default: break
        }
        let help = [
            "env": "a variable has letters, digits and `_`", "credential": "a credential is a name without `/`",
            "file": "the path must be absolute",
        ]
        report(
            "R104", "this does not name a secret", at: chosen.value.span, help: help[chosen.key].map { [$0] } ?? [],
            key: chosen.key)
        return nil
    }

    private func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}
