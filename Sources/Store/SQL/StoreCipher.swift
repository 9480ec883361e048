import CStoreCipher
import Crypto
import Foundation
import GRDB
import Kit
import Synchronization

/// The keys with which this process opens and makes encrypted stores. SQLite asks for them file by file, so they belong to
/// the process and not to one store: see docs/decisions/0121-encryption-at-rest.md.
package enum StoreCipher {
    package struct Key: Sendable, Hashable {
        fileprivate let bytes: Data
        /// 8 hexadecimal digits that tell keys apart and say nothing about them.
        package let name: String

        /// Derives the key from a secret text by HKDF (RFC 5869).
        /// - Throws: `WeakSecret`.
        package init(secret: String) throws {
            guard secret.utf8.count >= Key.shortestSecret else { throw WeakSecret() }
            let derived = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("nudged store".utf8),
                outputByteCount: Int(CSTORE_CIPHER_KEY_BYTES))
            bytes = derived.withUnsafeBytes { Data($0) }
            var text = [CChar](repeating: 0, count: 9)
            let code = bytes.withUnsafeBytes { bytes in
                cstore_cipher_name_of(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &text)
            }
            guard code == 0 else { throw SQLFault(code: code) }
            name = String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        /// 128 bits, written as hexadecimal digits.
        package static let shortestSecret = 32
    }

    package struct WeakSecret: Error, Hashable, CustomStringConvertible {
        package let words = Bilingual(
            "it has less than \(Key.shortestSecret) characters; `openssl rand -base64 32` prints a good one",
            "它少于 \(Key.shortestSecret) 个字符；可用 `openssl rand -base64 32` 生成")
        package var description: String { words.description }
    }

    package struct Keys: Sendable {
        /// With which new stores are made.
        package var current: Key
        /// Of stores and backups from before `nudged rekey`.
        package var previous: Key?

        package init(current: Key, previous: Key? = nil) { (self.current, self.previous) = (current, previous) }
    }

    private struct State {
        /// Asked when the first file is opened: most commands open none, and their user may not read the secret.
        var ask: (@Sendable () throws -> Keys?)?
        var keys: Keys?
    }
    private static let state = Mutex(State())

    /// Names the keys for all files that are opened from now on; nil: stores are not encrypted.
    package static func use(_ ask: (@Sendable () throws -> Keys?)?) {
        state.withLock { state in
            // What was named before is forgotten at once, and not when the next file is opened.
            forget(&state)
            state.ask = ask
        }
    }

    /// The keys that are in use; nil: new stores are not encrypted.
    package static var keys: Keys? {
        get throws {
            try prepare()
            return state.withLock(\.keys)
        }
    }

    /// Call this before a file is opened. Throws what the closure of `use` does.
    static func prepare() throws {
        try state.withLock { state in
            guard let ask = state.ask else { return }
            let keys = try ask()
            state.ask = nil
            guard let keys else { return }
            try require(cstore_cipher_register())
            for key in [keys.previous, keys.current] { try key.map { try give($0, to: cstore_cipher_add_key) } }
            try give(keys.current, to: cstore_cipher_use_key)
            state.keys = keys
        }
    }

    private static func forget(_ state: inout State) {
        if state.keys != nil { cstore_cipher_forget_keys() }
        state = State()
    }

    private static func give(_ key: Key, to function: (UnsafePointer<UInt8>?) -> Int32) throws {
        try key.bytes.withUnsafeBytes { try require(function($0.baseAddress?.assumingMemoryBound(to: UInt8.self))) }
    }

    private static func require(_ code: Int32) throws { if code != 0 { throw SQLFault(code: code) } }

    /// Files that `body` makes on this thread are not encrypted, whatever the keys are.
    static func makingPlain<T>(_ isPlain: Bool, _ body: () throws -> T) rethrows -> T {
        guard isPlain else { return try body() }
        cstore_cipher_make_plain(1)
        defer { cstore_cipher_make_plain(0) }
        return try body()
    }

    /// Leaves the room that encrypted pages need in a database that this connection makes, or writes anew.
    static func reserve(in db: Database) {
        guard state.withLock(\.keys) != nil else { return }
        // It fails for a database that has its pages already, and for one that cannot be written.
        _ = cstore_cipher_reserve(UnsafeMutableRawPointer(db.sqliteConnection))
    }

    /// Whether the file at that path is an encrypted store.
    static func isSealed(_ path: String) -> Bool { front(of: path, magic.count).map { Data($0) == magic } ?? false }

    /// The first bytes of a file as they are on disk, also of a store that this process has open; nil where it cannot be
    /// read.
    static func front(of path: String, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = cstore_cipher_front(path, &bytes, Int32(clamping: count))
        return found < 0 ? nil : Array(bytes.prefix(Int(found)))
    }

    /// With what an encrypted store begins, in clear.
    package static let magic = Data(CSTORE_CIPHER_MAGIC.utf8)
}

extension Session {
    /// The name of the key that the database is encrypted with; nil: it is not.
    var cipherKeyName: String? {
        var text = [CChar](repeating: 0, count: 9)
        guard cstore_cipher_key_name(UnsafeMutableRawPointer(db.sqliteConnection), &text) == 1 else { return nil }
        return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
