import Config
import Review
import Daemon
import Rules
import Testing

@Suite struct ApplicationTests {
    @Test("A store belongs to one daemon at a time, and is free again when that one ends")
    func lock() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/nudged.db"
        do {
            let lock = try StoreLock(databasePath: path)
            let refusal = #expect(throws: Refusal.self) { try StoreLock(databasePath: path) }
            #expect(refusal?.code == .locked)
            #expect(refusal?.description.contains("process") == true)
            withExtendedLifetime(lock) {}
        }
        _ = try StoreLock(databasePath: path)
    }

    private func run(_ scratch: Scratch, rules: String) async throws -> Refusal? {
        try scratch.write(rules, to: "rules/a.yaml")
        let path = try scratch.write(
            "version: 1\nstore: {url: \"sqlite:nudged.db\"}\nrules_dir: rules\nchannels: {sms: {type: log}}",
            to: "nudged.yaml")
        let application = Application(
            config: try ConfigFile.read(path), environment: ["JOURNAL_STREAM": ""])
        do { try await application.run() } catch let refusal as Refusal { return refusal }
        return nil
    }

    @Test("A second daemon is refused with 75")
    func second() async throws {
        let scratch = try Scratch()
        let lock = try StoreLock(databasePath: scratch.path + "/nudged.db")
        #expect(try await run(scratch, rules: "version: 1")?.code == .locked)
        withExtendedLifetime(lock) {}
    }

    @Test("Broken rules without a last good set are refused with 78 and every finding")
    func broken() async throws {
        let refusal = try await run(try Scratch(), rules: "version: 1\nrules: [{id: a, nonsense: 1}]")
        #expect(refusal?.code == .refused)
        #expect(refusal?.description.contains("a.yaml:2:") == true)
    }

    @Test("A configuration that is missing, wrong or without its secret is refused with 78")
    func config() throws {
        let scratch = try Scratch()
        #expect(#expect(throws: Refusal.self) { try ConfigFile.read(scratch.path + "/none.yaml") }?.code == .refused)
        let wrong = try scratch.write("version: 1\nstore: {urll: x}", to: "wrong.yaml")
        #expect(#expect(throws: Refusal.self) { try ConfigFile.read(wrong) }?.code == .refused)
        let secret = try scratch.write(
            """
            version: 1
            store: {url: "sqlite::memory:"}
            channels: {sms: {type: kannel, url: "http://127.0.0.1:1/x", username: u, password: {env: NOWHERE}}}
            """, to: "secret.yaml")
        let config = try ConfigFile.read(secret)
        let refusal = #expect(throws: Refusal.self) { try ChannelSet(config, environment: [:]) }
        #expect(refusal?.code == .refused && refusal?.description.contains("NOWHERE") == true)
    }
}
