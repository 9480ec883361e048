import Config
import Kit
import Store

extension Configuration {
    /// Names the keys with which this process opens stores. The secrets are read when the first store is opened.
    package func useStoreKeys(environment: [String: String]) {
        let (key, previous) = (storeKey, previousStoreKey)
        guard let key else { return StoreCipher.use(nil) }
        StoreCipher.use {
            do {
                return StoreCipher.Keys(
                    current: try StoreCipher.Key(secret: key.resolve(environment: environment)),
                    previous: try previous.map { try StoreCipher.Key(secret: $0.resolve(environment: environment)) })
            } catch {
                guard let words = Bilingual(ofStoreKey: error) else { throw error }
                throw MemberStore.OpenError(
                    Bilingual("the key of the store cannot be used: \(words)", "数据库的密钥不能用：\(words.chinese)"))
            }
        }
    }

    /// Why the daemon must not send from this store; nil where it is kept as `store.key` says.
    package func encryptionFault(of store: MemberStore) throws -> Bilingual? {
        guard storeKey != nil, try store.path != nil && store.cipherKeyName == nil else { return nil }
        return Bilingual(
            "the store is not encrypted, and nudged.yaml names a key for it; encrypt it by `nudged rekey`, or take `store.key` away",
            "数据库没有加密，而 nudged.yaml 指明了密钥；请用 `nudged rekey` 加密，或去掉 `store.key`")
    }
}

/// How a store is kept, beside what nudged.yaml says of its key.
package enum StoreKeeping: Sendable, Hashable {
    /// As it says. The key goes by its name.
    case plain, encrypted(String)
    /// It names a key, and the store is not encrypted.
    case plainDespiteKey
    /// It names a key, and the store has the one of before, of that name.
    case withKeyOfBefore(String)

    /// Asks the store, and the keys that this process opens stores with.
    package init(_ store: MemberStore) throws {
        let wanted = try StoreCipher.keys?.current.name
        switch try store.path.flatMap({ _ in try store.cipherKeyName }) {
        case let own?: self = own == wanted ? .encrypted(own) : .withKeyOfBefore(own)
        case nil: self = wanted == nil || store.path == nil ? .plain : .plainDespiteKey
        }
    }

    /// True where the daemon does not start with it.
    package var isRefused: Bool { self == .plainDespiteKey }

    /// Nil where it is kept as nudged.yaml says.
    package var trouble: (words: Bilingual, remedy: Bilingual)? {
        let rekey = Bilingual("stop the daemon, then `nudged rekey`", "停掉守护进程，再运行 `nudged rekey`")
        switch self {
        case .plain, .encrypted: return nil
        case .plainDespiteKey:
            return (
                Bilingual("the store is not encrypted, and nudged.yaml names a key", "数据库没有加密，而 nudged.yaml 指明了密钥"),
                rekey
            )
        case .withKeyOfBefore(let name):
            return (
                Bilingual("the store is encrypted with the key of before (\(name))", "数据库仍用原来的密钥加密（\(name)）"), rekey
            )
        }
    }
}

extension Bilingual {
    fileprivate init?(ofStoreKey error: any Error) {
        if let weak = error as? StoreCipher.WeakSecret { self = weak.words } else { self.init(ofSetting: error) }
    }
}
