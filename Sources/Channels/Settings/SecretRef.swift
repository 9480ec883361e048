import Glibc
import Kit
import Rules

/// The place of a secret; the secret itself is never in nudged.yaml and never in a message of ours.
package enum SecretRef: Sendable, Hashable {
    /// An environment variable.
    case env(String)
    /// A file of that name in `$CREDENTIALS_DIRECTORY`, which systemd fills.
    case credential(String)
    /// Absolute; neither its group nor others may have any right to it.
    case file(String)

    /// The keys that name a secret, one of them at a time.
    package static let declaration = BlockDeclaration(
        "a secret", isAlternative: true, mustSaySomething: true,
        [
            .init("env", .text, "an environment variable", chinese: "环境变量", examples: ["SHOP_KEY"]),
            .init("credential", .text, "a credential of systemd", chinese: "systemd 凭据", examples: ["shop_key"]),
            .init(
                "file", .text, "a file of mode 0600, absolute path", chinese: "权限 0600 的文件，绝对路径",
                examples: ["/etc/nudged/shop.key"]),
        ])

    /// Names the place that fails and never what it holds.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let words: Bilingual
        package var description: String { words.description }
    }

    /// The secret without one trailing newline. Throws `Failure` when it is absent, empty, longer than a line, not
    /// UTF-8, or readable by others.
    package func resolve(environment: [String: String]) throws -> String {
        switch self {
        case .env(let name):
            let place = Bilingual("environment variable \(name)", "环境变量 \(name) ")
            guard let value = environment[name] else {
                throw Failure(words: Bilingual("\(place) is not set", "\(place.chinese)没有设置"))
            }
            return try SecretRef.oneLine(value, from: place)
        case .credential(let name):
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                throw Failure(
                    words: Bilingual(
                        "credential \(name): $CREDENTIALS_DIRECTORY is not set; LoadCredential= in the unit sets it",
                        "凭据 \(name)：没有设置 $CREDENTIALS_DIRECTORY；请在 systemd 单元里写 LoadCredential="))
            }
            let text = try SecretFile(path: directory + "/" + name, mustBePrivate: false).read()
            return try SecretRef.oneLine(text, from: Bilingual("credential \(name)", "凭据 \(name) "))
        case .file(let path):
            let text = try SecretFile(path: path, mustBePrivate: true).read()
            return try SecretRef.oneLine(text, from: Bilingual("secret file \(path)", "密钥文件 \(path) "))
        }
    }

    /// Secrets go into headers and addresses, where a second line would start something else.
    private static func oneLine(_ text: String, from place: Bilingual) throws -> String {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        if bytes.isEmpty { throw Failure(words: Bilingual("\(place) is empty", "\(place.chinese)是空的")) }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Failure(
                words: Bilingual(
                    "\(place) holds more than one line, or control characters", "\(place.chinese)不止一行，或含有控制字符"))
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
        guard descriptor >= 0 else { throw failure(Bilingual(errno: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(Bilingual(errno: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure(Bilingual("not a file", "不是文件")) }
        if mustBePrivate, status.st_mode & 0o077 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw failure(
                Bilingual(
                    "others may read it (mode 0\(mode)); run  chmod 0600 \(path)",
                    "其他用户可以读取（权限 0\(mode)）；请运行  chmod 0600 \(path)"))
        }
        guard status.st_size <= SecretFile.maxBytes else {
            throw failure(Bilingual("too long for a secret", "太长，不像密钥"))
        }
        return try text(of: descriptor)
    }

    private func text(of descriptor: Int32) throws -> String {
        var buffer = [UInt8](repeating: 0, count: SecretFile.maxBytes + 1)
        var count = 0
        while count < buffer.count {
            let got = buffer[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure(Bilingual(errno: errno)) }
            if got == 0 { break }
            count += got
        }
        guard let text = String(validating: buffer[..<count], as: UTF8.self) else {
            throw failure(Bilingual("not UTF-8 text", "不是 UTF-8 文本"))
        }
        return text
    }

    private func failure(_ reason: Bilingual) -> SecretRef.Failure {
        SecretRef.Failure(
            words: Bilingual("secret file \(path): \(reason)", "密钥文件 \(path)：\(reason.chinese)"))
    }
}

extension KeyType {
    /// `{env: NAME}`, `{credential: name}` or `{file: /abs/path}`.
    package static let secret = KeyType.block { SecretRef.declaration }

    package var isSecret: Bool {
        if case .block(let make) = self { make().name == SecretRef.declaration.name } else { false }
    }
}
