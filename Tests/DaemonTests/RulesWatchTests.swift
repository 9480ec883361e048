import Kit
import Daemon
import Foundation
import Glibc
import Rules
import Store
import Testing

/// A directory of rules, and a clock that only the test moves.
private final class WatchDesk {
    let scratch: Scratch
    let watch: RulesWatch
    private var moment = ContinuousClock.now

    init(_ directory: String = "rules", files: [String: String] = ["rules/a.yaml": "version: 1\nrules: []\n"]) throws {
        scratch = try Scratch()
        for (path, text) in files { try scratch.write(text, to: path) }
        watch = RulesWatch(directory: scratch.path + "/" + directory)
    }

    /// What the watch says `seconds` later.
    func look(after seconds: Double) -> Bool {
        moment += .milliseconds(Int(seconds * 1000))
        return watch.runOnce(at: moment)
    }

    /// The looks of the next three seconds, two a second.
    func isRead() -> Bool { (0..<6).map { _ in look(after: 0.5) }.contains(true) }

    func path(_ name: String) -> String { scratch.path + "/" + name }
}

@Suite("The watch on the rules directory")
struct RulesWatchTests {
    @Test("has an edit read after two quiet seconds, once")
    func edit() throws {
        let desk = try WatchDesk()
        #expect(!desk.isRead())
        try desk.scratch.write("version: 1\nrules: [] # edited\n", to: "rules/a.yaml")
        #expect(!desk.look(after: 0.5) && !desk.look(after: 0.5) && !desk.look(after: 1))
        #expect(desk.look(after: 0.5))
        #expect(!desk.isRead())
    }

    @Test("waits while files go on changing: half a file, and half of a set, are never read")
    func halfWritten() throws {
        let desk = try WatchDesk()
        for count in 1...10 {
            try desk.scratch.write(String(repeating: "#", count: count), to: "rules/a.yaml")
            #expect(!desk.look(after: 1.5), "write \(count)")
        }
        try desk.scratch.write("version: 1\n", to: "rules/b.yaml")
        #expect(!desk.look(after: 1.5) && !desk.look(after: 1.5))
        #expect(desk.look(after: 1))
    }

    @Test("does not see what is no rule file: an editor's own files, fixtures and tests")
    func others() throws {
        let desk = try WatchDesk()
        for name in [".a.yaml.swp", "a.yaml~", "#a.yaml#", "fixtures/m.yaml", "tests/a.test.yaml", "notes.txt"] {
            try desk.scratch.write("x", to: "rules/\(name)")
        }
        #expect(!desk.isRead())
    }

    @Test("tells nobody of the same text: touched, written anew, or changed and changed back")
    func sameText() throws {
        let desk = try WatchDesk()
        #expect(utimes(desk.path("rules/a.yaml"), nil) == 0)
        #expect(!desk.isRead())
        try desk.scratch.write("version: 1\nrules: []\n", to: "rules/new.tmp")
        #expect(rename(desk.path("rules/new.tmp"), desk.path("rules/a.yaml")) == 0)
        #expect(!desk.isRead())
        try desk.scratch.write("version: 2\n", to: "rules/a.yaml")
        #expect(!desk.look(after: 0.5))
        try desk.scratch.write("version: 1\nrules: []\n", to: "rules/a.yaml")
        #expect(!desk.isRead())
    }

    @Test("sees an edit that keeps size and time of modification")
    func keptTimes() throws {
        let desk = try WatchDesk()
        var status = stat()
        #expect(stat(desk.path("rules/a.yaml"), &status) == 0)
        try desk.scratch.write("version: 1\nrules: {}\n", to: "rules/a.yaml")
        let times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, desk.path("rules/a.yaml"), times, 0) == 0)
        #expect(desk.isRead())
    }

    @Test("sees a directory that goes, empties and comes back")
    func gone() throws {
        let desk = try WatchDesk()
        try FileManager.default.removeItem(atPath: desk.path("rules"))
        #expect(desk.isRead())
        #expect(!desk.isRead())
        try FileManager.default.createDirectory(atPath: desk.path("rules"), withIntermediateDirectories: true)
        #expect(desk.isRead(), "it holds no rules, which is another refusal")
        #expect(!desk.isRead())
        try desk.scratch.write("version: 1\nrules: []\n", to: "rules/a.yaml")
        #expect(desk.isRead())
    }

    @Test("follows links: a directory, or the folder behind its files, is swapped as a whole")
    func links() throws {
        let files = ["one/a.yaml": "version: 1\n", "two/a.yaml": "version: 1 # two\n"]
        let desk = try WatchDesk("one", files: files)
        #expect(symlink("one", desk.path("rules")) == 0)
        let linked = RulesWatch(directory: desk.path("rules"))
        let begin = ContinuousClock.now
        #expect(!linked.runOnce(at: begin))
        #expect(symlink("two", desk.path("next")) == 0 && rename(desk.path("next"), desk.path("rules")) == 0)
        #expect(!linked.runOnce(at: begin + .seconds(1)))
        #expect(linked.runOnce(at: begin + .seconds(3)))

        // As a volume of Kubernetes: rules/a.yaml -> ..data/a.yaml, and ..data is turned.
        try FileManager.default.createDirectory(atPath: desk.path("volume"), withIntermediateDirectories: true)
        #expect(
            symlink("../one", desk.path("volume/..data")) == 0
                && symlink("..data/a.yaml", desk.path("volume/a.yaml")) == 0)
        let volume = RulesWatch(directory: desk.path("volume"))
        #expect(!volume.runOnce(at: begin))
        #expect(symlink("../two", desk.path("volume/..new")) == 0)
        #expect(rename(desk.path("volume/..new"), desk.path("volume/..data")) == 0)
        #expect(!volume.runOnce(at: begin + .seconds(1)))
        #expect(volume.runOnce(at: begin + .seconds(3)))
    }

    @Test("has nothing to say of what a signal had read already")
    func signal() throws {
        let desk = try WatchDesk()
        try desk.scratch.write("version: 1\nrules: [] # edited\n", to: "rules/a.yaml")
        #expect(!desk.look(after: 0.5))
        desk.watch.noteReading()
        #expect(!desk.isRead())
    }
}

@Suite("A watched reload")
struct WatchedReloadTests {
    private static let rule = """
        version: 1
        rules:
          - {id: hi, name: 你好, status: live, owner: crm, purpose: marketing, when: {schedule: {every: day, at: "10:00"}},
             do: [{add_tag: x}]}
        """

    private struct Desk {
        let scratch: Scratch
        let rules = LiveRules()
        let sink = LogSink()
        let reloader: Reloader

        init(watched: Bool = true) throws {
            scratch = try Scratch()
            try scratch.write(WatchedReloadTests.rule, to: "rules/a.yaml")
            let directory = scratch.path + "/rules"
            let source = RuleSource(
                directory: directory, channels: ChannelDeclaration.standard, isStrict: false, store: try .inMemory())
            let notifier = Notifier(environment: [:])
            reloader = Reloader(
                source: source, rules: rules, watch: watched ? RulesWatch(directory: directory) : nil,
                notifier: notifier, board: StatusBoard(notifier), log: sink.logger())
        }

        /// Whether the watch has the rules read within the next seconds.
        func reads(_ begin: ContinuousClock.Instant) async -> Bool {
            for half in 0...8 where await reloader.sawEdit(at: begin + .milliseconds(half * 500)) { return true }
            return false
        }
    }

    @Test("puts an edit in force, and refuses a broken one aloud, once for each text")
    func refused() async throws {
        let desk = try Desk()
        let now = ContinuousClock.now
        #expect(await !desk.reads(now))
        try desk.scratch.write(Self.rule.replacing("live", with: "paused"), to: "rules/a.yaml")
        #expect(await desk.reads(now + .seconds(10)))
        #expect(await desk.reloader.runOnce() == .staged(rules: 0))
        try desk.scratch.write("version: 1\nrules: 7", to: "rules/a.yaml")
        #expect(await desk.reads(now + .seconds(20)))
        guard case .kept = await desk.reloader.runOnce() else {
            Issue.record("a broken set was taken")
            return
        }
        #expect(await !desk.reads(now + .seconds(30)))
        try desk.scratch.write("version: 1\nrules: 7", to: "rules/a.yaml")
        #expect(await !desk.reads(now + .seconds(40)), "the same text again")
        #expect(desk.sink.all.count { $0.contains("the last good set stays in force") } == 1)
    }

    @Test("keeps the last good rules when the directory holds none")
    func empty() async throws {
        let desk = try Desk()
        #expect(await desk.reloader.runOnce() == .staged(rules: 1))
        try FileManager.default.removeItem(atPath: desk.scratch.path + "/rules/a.yaml")
        #expect(await desk.reads(.now))
        guard case .kept(let findings) = await desk.reloader.runOnce() else {
            Issue.record("an empty directory was taken for no rules")
            return
        }
        #expect(findings.first?.contains("there are no rule files") == true)
        #expect(desk.rules.staged?.planned.plans.count == 1)
    }

    @Test("does not happen with reload: signal")
    func signalOnly() async throws {
        let desk = try Desk(watched: false)
        try desk.scratch.write(Self.rule.replacing("live", with: "paused"), to: "rules/a.yaml")
        #expect(await !desk.reads(.now))
    }
}
