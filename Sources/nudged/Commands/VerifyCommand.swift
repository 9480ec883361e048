import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: .say(
            "Check what is promised on the store itself: one line for each broken invariant.",
            "直接检查数据库是否守住了承诺：每处不符各打印一行。"),
        discussion: .say(
            """
            Reads only. With a daemon at work, rows under way are no breach: give --live.

            Checked are I1 to I20 of the guarantees; quiet hours, caps and budgets (I9, I10, I20) by what held when a
            message was handed over.

            EXAMPLES
              nudged verify --store sqlite:nudged.db
              nudged verify --live --json
              nudged verify --copy /var/backups/nudged.db

            EXIT 0 all hold, 1 something is broken, 2 could not run
            """,
            """
            只读。守护进程正在运行时，进行中的记录不算不符：请加 --live。

            检查保证中的 I1 至 I20；免打扰时段、频次上限和预算（I9、I10、I20）按消息交出时的设置检查。

            示例
              nudged verify --store sqlite:nudged.db
              nudged verify --live --json
              nudged verify --copy /var/backups/nudged.db

            退出码  0 全部成立，1 有不符，2 未能运行
            """))

    @OptionGroup var options: StoreOptions
    @Flag(help: .say("A daemon is at work on this store.", "守护进程正在使用这个数据库。")) var live = false
    @Option(
        help: .say(
            "A backup in place of the store: its checksum, its pages, and all but the mark (I19).",
            "检查一份备份，不检查数据库：校验和、数据页，以及标记（I19）以外的各项。"))
    var copy: String?
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
    @OptionGroup var language: LanguageOption

    func run() throws {
        let progress = ProgressLine(.say("checking the store", "正在检查数据库"))
        // Also for a copy: an encrypted one is read with the keys that nudged.yaml names.
        let config = try options.loadConfig()
        let store = try copy.map { try BackupCheck(path: $0).soundStore(progress) } ?? options.readStore()
        if copy == nil { try requireWhole(store, progress) }
        let broken = try store.verify(
            Invariants(
                at: .now, atRest: !live && copy == nil, lookBack: try LookBack.longest(of: store),
                minors: try MinorsInForce.of(
                    store, channels: config?.channelDeclarations ?? ChannelDeclaration.standard))
        ) {
            progress.say(.say("checking \($0)", "正在检查 \($0)"))
        }
        progress.finish()
        if json {
            Console.print(
                JSONText.object([
                    "ok": .bool(broken.isEmpty), "broken": .list(broken.map { .text($0) }),
                ]).rendered)
        } else {
            for line in broken { Console.print(MessageCatalogue.translate(line, into: Spoken.language)) }
            if broken.isEmpty { Console.print(.say("every checked invariant holds", "检查的各项全部成立")) }
        }
        if !broken.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    /// The invariants say nothing of pages that they do not read.
    private func requireWhole(_ store: MemberStore, _ progress: ProgressLine) throws {
        guard let path = store.path else { return }
        progress.say(.say("reading all pages", "正在读全部数据页"))
        guard case .damaged(let what) = try StructureCheck(path: path).run() else { return }
        throw Failure(.couldNotRun, StoreTrouble.damaged(what).sentence(path).spoken)
    }
}
