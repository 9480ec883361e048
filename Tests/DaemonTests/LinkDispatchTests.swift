import Channels
import Daemon
import Foundation
import Gateway
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Links that leave") struct LinkDispatchTests {
    private static let templates = """
        version: 1
        templates:
          - id: hello
            channel: sms
            text: "【星河百货】{{ name | default: '您好' }}:{{ 'https://shop.example.com/a' | link: sale }} 退订 {{ unsubscribe_url }}"
            values: {name: text}
        """
    private static let form = LinkForm(base: "https://s.example.com", hosts: ["shop.example.com"])

    private func bench() throws -> Bench { try Bench(members: 2, more: ["templates.yaml": Self.templates]) }

    private func tokens() throws -> LinkTokens { try LinkTokens(secret: "0123456789abcdef0123456789abcdef") }

    @Test("work, differ from member to member, and stand in no row of the store")
    func live() async throws {
        let bench = try bench()
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: "p"))
        let dispatcher = try await bench.dispatcher(channel, links: LinkWriter(Self.form, try tokens()))
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 2)
        let texts = channel.messages.map(\.text)
        #expect(Set(texts).count == 2)
        for text in texts {
            let match = try #require(
                text.wholeMatch(
                    of: /【星河百货】林小姐:https:\/\/s\.example\.com\/l\/(.{18}) 退订 https:\/\/s\.example\.com\/u\/(.{16})/))
            let first = try #require(LinkTokens.number(in: match.1, .short))
            let short = try #require(try await bench.store.shortLink(first))
            #expect(try tokens().accepts(match.1, of: short.row) && short.url == "https://shop.example.com/a")
            let number = try #require(LinkTokens.number(in: match.2, .unsubscribe))
            let no = try #require(try await bench.store.unsubscribeLink(number))
            #expect(try tokens().accepts(match.2, of: no.row) && no.member == short.member)
        }
        let stored = try await bench.store.writer.read { try ($0.values("SELECT text FROM deliveries") as [String]) }
        for text in stored {
            #expect(text.hasSuffix("/l/xxxxxxxxxxxxxxxxxx 退订 https://links.example/u/xxxxxxxxxxxxxxxx"))
            #expect(!texts.contains { text.contains($0.suffix(16)) })
        }
    }

    @Test("are of the length that the segments of a text are counted with")
    func length() async throws {
        let writer = LinkWriter(LinkForm.standIn, try tokens())
        let bench = try bench()
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: "p"))
        _ = try await bench.dispatch(try await bench.dispatcher(channel, links: writer), "2026-03-10 11:00")
        let stored = try await bench.store.writer.read { try ($0.values("SELECT text FROM deliveries") as [String]) }
        let sent = channel.messages.map(\.text)
        #expect(sent.count == 2 && sent.map(\.utf16.count) == stored.map(\.utf16.count))
        #expect(sent.map(SMSLength.segments) == stored.map(SMSLength.segments))
    }

    @Test("keep a message here where nothing signs them, and the channel waits for settings")
    func unsigned() async throws {
        let bench = try bench()
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: "p"))
        _ = try await bench.dispatch(try await bench.dispatcher(channel), "2026-03-10 11:00")
        #expect(channel.messages.isEmpty)
        #expect(try await bench.states()["retry_wait", default: 0] >= 1)
    }

    @Test("are stand-ins in the file of a log channel where nothing signs them")
    func logged() async throws {
        let scratch = try Scratch()
        let bench = try bench()
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(LogChannel(path: scratch.path + "/sent.ndjson"))
        _ = try await bench.dispatch(dispatcher, "2026-03-10 11:00")
        #expect(try await bench.states() == ["accepted": 2])
        let lines = try String(contentsOfFile: scratch.path + "/sent.ndjson", encoding: .utf8)
        #expect(lines.contains("https://links.example/u/xxxxxxxxxxxxxxxx"))
    }

    @Test("that said no while the disk was full are on disk before anything else leaves")
    func fullDisk() async throws {
        let scratch = try Scratch()
        let bench = try Bench(members: 2, file: scratch.path + "/n.db", more: ["templates.yaml": Self.templates])
        try await bench.decide()
        try await bench.store.writer.write { db in
            let address = CanonicalAddress(.phone, "13800001001")
            let key = try address.map { AddressKey.hash($0, try AddressKey.secret(db)) }
            try db.run(
                "INSERT INTO unsubscribe_links (member, channel, address, made_at) VALUES ('m1', 'sms', ?, 0)", [key])
        }
        let link = try #require(try await bench.store.unsubscribeLink(1))
        let refusals = UnwrittenRefusals([LinkChannel("sms", .phone)])
        let no = ContactChoice(channel: "sms", purpose: .marketing, isWanted: false)
        await refusals.keep([no], of: link, at: try bench.world.instant("2026-03-10 11:00"))
        let channel = ScriptedChannel(always: .accepted(providerID: "p"))
        let dispatcher = try await bench.dispatcher(
            channel, links: LinkWriter(Self.form, try tokens()), refusals: refusals)
        try bench.store.writer.writeWithoutTransaction { try $0.script("PRAGMA query_only = 1") }
        await #expect(throws: SQLFault.self) { try await bench.dispatch(dispatcher, "2026-03-10 11:00") }
        #expect(channel.messages.isEmpty)
        try bench.store.writer.writeWithoutTransaction { try $0.script("PRAGMA query_only = 0") }
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 1)
        #expect(channel.messages.map(\.to) == ["13800001002"])
        #expect(try await bench.states() == ["accepted": 1, "suppressed": 1])
    }
}
