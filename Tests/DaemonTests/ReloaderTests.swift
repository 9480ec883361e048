import Kit
import Daemon
import Foundation
import Rules
import Store
import Testing
import TestSupport

@Suite struct ReloaderTests {
    private static let rule = """
        version: 1
        rules:
          - {id: hi, name: 你好, status: live, owner: crm, purpose: marketing, when: {schedule: {every: day, at: "10:00"}},
             do: [{send: {try: [{sms: {template: hello}}]}}]}
        """
    private static let templates = """
        version: 1
        templates: [{id: hello, channel: sms, text: "【星河百货】您好 拒收请回复R"}]
        """

    private func source(_ scratch: Scratch, isStrict: Bool = false, store: MemberStore) -> RuleSource {
        RuleSource(
            directory: scratch.path + "/rules", channels: ChannelDeclaration.standard, isStrict: isStrict, store: store)
    }

    @Test("A good set is staged; a broken one leaves what is in force and says where it is wrong")
    func reload() async throws {
        let scratch = try Scratch()
        try scratch.write(ReloaderTests.rule, to: "rules/a.yaml")
        try scratch.write(ReloaderTests.templates, to: "rules/templates.yaml")
        let (rules, sink) = (LiveRules(), LogSink())
        let reloader = Reloader(
            source: source(scratch, store: try .inMemory()), rules: rules, notifier: Notifier(environment: [:]),
            board: StatusBoard(Notifier(environment: [:])),
            log: sink.logger())
        #expect(await reloader.runOnce() == .staged(rules: 1))
        let hash = try #require(rules.staged?.hash)
        try scratch.write(ReloaderTests.rule.replacing("schedule", with: "shedule"), to: "rules/a.yaml")
        guard case .kept(let findings) = await reloader.runOnce() else {
            Issue.record("a broken set was taken")
            return
        }
        #expect(findings.contains { $0.contains("rules/a.yaml:3:") })
        #expect(rules.staged?.hash == hash)
        #expect(sink.all.contains { $0.contains("the last good set stays in force") })
    }

    @Test("A start with broken rules runs the last set that was in force")
    func lastGood() async throws {
        let scratch = try Scratch()
        try scratch.write(ReloaderTests.rule, to: "rules/a.yaml")
        try scratch.write(ReloaderTests.templates, to: "rules/templates.yaml")
        let store = try MemberStore.inMemory()
        #expect(try source(scratch, store: store).lastGood() == nil)
        let staged = try source(scratch, store: store).read()
        _ = try store.goLive(staged.planned, files: staged.files, hash: staged.hash, at: Instant(seconds: 0))
        try scratch.write("version: 1\nrules: 7", to: "rules/a.yaml")
        #expect(throws: RuleSource.Broken.self) { try source(scratch, store: store).read() }
        let last = try #require(try source(scratch, store: store).lastGood())
        #expect(last.hash == staged.hash && last.planned.plans.map(\.rule.id) == ["hi"])
    }

    /// A store in which the rules of the directory are in force, and what reads that directory.
    private func inForce(_ scratch: Scratch) throws -> (MemberStore, RuleSource) {
        try scratch.write(ReloaderTests.rule, to: "rules/a.yaml")
        try scratch.write(ReloaderTests.templates, to: "rules/templates.yaml")
        let store = try MemberStore.inMemory()
        let source = source(scratch, store: store)
        let staged = try source.read()
        _ = try store.goLive(staged.planned, files: staged.files, hash: staged.hash, at: Instant(seconds: 0))
        return (store, source)
    }

    @Test("A file that goes missing with all that is live is refused; an edit, `rules: []` and a pause are not")
    func missing() throws {
        let scratch = try Scratch()
        let (store, source) = try inForce(scratch)
        let file = scratch.path + "/rules/a.yaml"
        try FileManager.default.removeItem(atPath: file)
        let broken = #expect(throws: RuleSource.Broken.self) { try source.choose() }
        #expect(broken?.findings.first?.contains("no longer has hi, nor their files, and no live rule is left") == true)
        // A rule of another file that is no live one takes nothing over.
        let other = ReloaderTests.rule.replacing("id: hi", with: "id: ho")
        try scratch.write(other.replacing("live", with: "paused"), to: "rules/b.yaml")
        #expect(throws: RuleSource.Broken.self) { try source.choose() }
        // In the file that was there it is an edit, and the log names what is gone.
        try FileManager.default.removeItem(atPath: scratch.path + "/rules/b.yaml")
        try scratch.write(other.replacing("live", with: "paused"), to: "rules/a.yaml")
        #expect(try source.choose().staged.gone?.ids == ["hi"])
        try FileManager.default.removeItem(atPath: file)
        try scratch.write(other, to: "rules/b.yaml")
        #expect(try source.choose().staged.gone?.ids == ["hi"], "a live one does, and the log names what is gone")
        try scratch.write(ReloaderTests.rule.replacing("live", with: "paused"), to: "rules/b.yaml")
        #expect(try source.choose().staged.gone?.ids == [])
        try scratch.write("version: 1\nrules: []\n", to: "rules/b.yaml")
        let meant = try source.choose().staged
        #expect(meant.gone?.ids == ["hi"] && meant.planned.plans.isEmpty)
        // Once nothing is live, nothing is missing.
        _ = try store.goLive(meant.planned, files: meant.files, hash: meant.hash, at: Instant(seconds: 1))
        try FileManager.default.removeItem(atPath: scratch.path + "/rules/b.yaml")
        #expect(try source.choose().staged.gone?.ids == [])
    }

    @Test("A live rule that ends beside others is named in the log and in the status until the next reload")
    func ended() async throws {
        let scratch = try Scratch()
        let (store, source) = try inForce(scratch)
        let (sink, notifier) = (LogSink(), Notifier(environment: [:]))
        let (rules, board) = (LiveRules(), StatusBoard(notifier))
        let reloader = Reloader(source: source, rules: rules, notifier: notifier, board: board, log: sink.logger())
        try scratch.write(ReloaderTests.rule.replacing("id: hi", with: "id: ho"), to: "rules/a.yaml")
        #expect(await reloader.runOnce() == .staged(rules: 1))
        #expect(sink.all.contains { $0.contains("live rules are no longer in the rules directory") })
        #expect(board.words(.gone)?.english == "no longer in the rules directory: hi")
        #expect(board.words(.rules) == nil, "it is no refusal")
        let staged = try #require(rules.staged)
        _ = try store.goLive(staged.planned, files: staged.files, hash: staged.hash, at: Instant(seconds: 1))
        #expect(await reloader.runOnce() == .staged(rules: 1))
        #expect(board.words(.gone) == nil)
    }

    @Test("SQL that the store cannot run refuses the rules; SQL that no index serves is only said")
    func derivedFields() async throws {
        let scratch = try Scratch()
        try scratch.write(ReloaderTests.rule, to: "rules/a.yaml")
        try scratch.write(ReloaderTests.templates, to: "rules/templates.yaml")
        let (rules, sink) = (LiveRules(), LogSink())
        let reloader = Reloader(
            source: source(scratch, isStrict: false, store: try .inMemory()), rules: rules,
            notifier: Notifier(environment: [:]),
            board: StatusBoard(Notifier(environment: [:])), log: sink.logger())
        func write(_ sql: String) throws {
            try scratch.write(
                "version: 1\nfields: [{id: member.x, type: number, description: x, sql: {sqlite: \"\(sql)\"}}]",
                to: "rules/fields.yaml")
        }
        try write("m.no_such_column")
        guard case .kept(let findings) = await reloader.runOnce() else {
            Issue.record("a field that cannot be read was taken")
            return
        }
        #expect(findings.contains { $0.contains("fields.yaml:2:") && $0.contains("R237") })
        try write("(SELECT COUNT(*) FROM orders)")
        #expect(await reloader.runOnce() == .staged(rules: 1))
        #expect(sink.all.contains { $0.contains("R235") })
    }
}
