import Foundation
import Testing

@testable import Store

/// `nudged keys` as operators type it.
@Suite("Keys of the API")
struct KeysCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write("id\nlin\n", to: "members.csv")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    @Test("the token is printed once, alone on standard output; the store and the list have only its beginning")
    func once() throws {
        let run = try scratch.run("nudged keys add shop --scope write --scope read --rate 7 2>words")
        #expect(run.status == 0 && run.printed.count == 1)
        let token = try #require(run.printed.first)
        #expect(APIToken(shown: token) != nil, "\(token)")
        #expect(try scratch.text("words").contains("cannot be shown again"))
        let list = try scratch.run("nudged keys list").printed
        #expect(list.count == 1 && list[0].hasPrefix("shop  \(token.prefix(9))…  read,write  7/s  "))
        #expect(list[0].hasSuffix("  never used"))
        #expect(try scratch.run("nudged keys --lang zh-CN").printed[0].hasSuffix("  从未使用"))
        for file in try scratch.files() where file.hasPrefix("nudged.db") {
            let bytes = try Data(contentsOf: scratch.directory.appending(path: file))
            #expect(bytes.range(of: Data(token.utf8)) == nil, "\(file)")
        }
        let audit = try scratch.run("nudged audit --action key").printed
        #expect(audit.count == 1 && audit[0].contains(#"{"added":true,"scopes":["read","write"]}"#), "\(audit)")
    }

    @Test("a key is revoked for good, and its name is never used again")
    func revoked() throws {
        #expect(
            try scratch.run("nudged keys add till --scope write --json").printed[0].hasPrefix(
                #"{"name":"till","token":"nk_"#))
        #expect(try scratch.run("nudged keys revoke tull").printed.joined().contains("did you mean `till`?"))
        #expect(try scratch.run("nudged keys revoke till").status == 0)
        let again = try scratch.run("nudged keys revoke till")
        #expect(again.status == 0 && again.printed[0].hasPrefix("till was revoked 20"))
        #expect(try scratch.run("nudged keys add till --scope write").status == 2)
        let listed = try scratch.run("nudged keys list --json").printed[0]
        #expect(listed.contains(#""revoked_at":"20"#) && !listed.contains("hash"))
        #expect(try scratch.run("nudged audit --action key").printed.count == 2)
    }

    @Test(
        "what makes no sense is refused with the way out, and makes no key",
        arguments: [
            ("add 'a b' --scope read", "is no name of a key"), ("add shop", "--scope"),
            ("add shop --scope all", "scope"),
            ("add shop --scope read --rate 0", "--rate is 1 to 10000"), ("revoke shop", "there is no key `shop`"),
        ])
    func refused(command: String, words: String) throws {
        let run = try scratch.run("nudged keys \(command)")
        #expect(run.status == (command.hasPrefix("revoke") ? 2 : 64))
        #expect(run.printed.joined().contains(words), "\(run.printed)")
        #expect(try scratch.run("nudged keys list").printed.isEmpty)
    }

    @Test("a token is found by its hash alone, until it is revoked")
    func found() async throws {
        let store = try MemberStore.inMemory()
        let (one, other) = (
            try store.addKey("one", scopes: [.read], rate: 1, at: .now),
            try store.addKey("other", scopes: [.admin], rate: 1, at: .now)
        )
        #expect(one.text != other.text)
        #expect(try await store.key(of: one)?.name == "one")
        #expect(try await store.key(of: other)?.name == "other")
        #expect(try await store.key(of: .draw()) == nil)
        let key = try #require(try await store.key(of: one))
        #expect(key.grants(.read) && !key.grants(.write))
        #expect(try await store.key(of: other)?.grants(.write) == true)
        #expect(try store.revokeKey("one", at: .now) == .done)
        #expect(try await store.key(of: one) == nil)
        #expect(try store.revokeKey("none", at: .now) == .none)
        for text in ["", "nk_", one.text + "A", String(one.text.dropLast()), "xx" + one.text.dropFirst(2)] {
            #expect(APIToken(shown: text) == nil)
        }
        #expect(try store.checkAudit().fault == nil)
    }

    @Test("there are at most two hundred keys, those that were revoked not counted")
    func most() throws {
        let store = try MemberStore.inMemory()
        for number in 1...APIKey.most { _ = try store.addKey("k\(number)", scopes: [.read], rate: 1, at: .now) }
        #expect(throws: MemberStore.KeyRefusal.tooMany) {
            try store.addKey("more", scopes: [.read], rate: 1, at: .now)
        }
        #expect(try store.revokeKey("k1", at: .now) == .done)
        _ = try store.addKey("more", scopes: [.read], rate: 1, at: .now)
    }
}
