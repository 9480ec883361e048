import ArgumentParser
import Config
import Foundation
import Kit
import Review
import Rules
import Store

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: .say("Copy a live store into one file, with its checksum.", "把正在使用的数据库备份成一个文件，并写校验和。"),
        discussion: .say(
            """
            The copy is of one instant; a daemon goes on meanwhile. FILE appears only when it is whole and on disk, and
            FILE.sha256 beside it is what `sha256sum -c` reads. An older backup under that name is replaced, any other
            file is not. Members' phones and addresses are in it: it is written with mode 0600.

            EXAMPLES
              nudged backup /var/backups/nudged.db
              nudged verify --copy /var/backups/nudged.db     after it was carried elsewhere

            EXIT 0 done, 2 could not run
            """,
            """
            备份是同一时刻的完整内容；守护进程照常运行。文件写完整并落盘后才出现，旁边的 文件.sha256 可用 sha256sum -c 核对。\
            同名的旧备份会被替换，别的文件不会。里面有会员的手机号和地址，文件权限为 0600。

            示例
              nudged backup /var/backups/nudged.db
              nudged verify --copy /var/backups/nudged.db     搬到别处之后再检查一遍

            退出码  0 完成，2 未能运行
            """))

    @Argument(help: .say("The file to write.", "要写的文件。"))
    var file: String
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    func run() throws {
        let store = try options.readStore()
        try requireReplaceable(store)
        let progress = ProgressLine(.say("copying the store", "正在备份"))
        defer { progress.finish() }
        let account = try store.backUp(to: file) { share in
            progress.say(.say("copying the store \(Int(share * 100)) %", "正在备份 \(Int(share * 100)) %"))
        }
        progress.finish()
        record(account)
        Console.print(json ? account.json(file).rendered : words(account))
    }

    /// The backup is made, also where its store may only be read.
    private func record(_ account: Backup.Account) {
        do {
            let path = URL(filePath: file).standardizedFileURL.path
            try options.openStore().noteBackup(account, at: path, .now)
        } catch {
            Console.error(
                .say(
                    "the backup is made, but it is not on record in the store: \(Bilingual(error))",
                    "备份已完成，但没能记入数据库：\(Bilingual(error).chinese)"))
        }
    }

    /// Only a backup is written over: never a store that something sends from, nor another file.
    private func requireReplaceable(_ store: MemberStore) throws {
        let target = URL(filePath: file).resolvingSymlinksInPath().path
        let isInUse =
            target == store.path
            || ["-wal", ".mark", ".lock"].contains { FileManager.default.fileExists(atPath: target + $0) }
        try OwnFile.requireReplaceable(file, as: Bilingual("a backup", "备份"), atMost: 16) { front in
            !isInUse && [Data("SQLite format 3".utf8), StoreCipher.magic].contains(where: front.starts)
        }
    }

    private func words(_ account: Backup.Account) -> String {
        .say(
            """
            \(file): \(account.members) members, \(account.owed) deliveries owed, \(account.bytes) bytes
            sha256 \(account.checksum)
            """,
            """
            \(file)：\(account.members) 位会员，\(account.owed) 条待发，\(account.bytes) 字节
            sha256 \(account.checksum)
            """)
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: .say("Put a backup in the place of the store.", "用备份替换数据库。"),
        discussion: .say(
            """
            The daemon must be stopped. FILE is checked first; the store that is there is kept beside it as
            nudged.db.replaced-TIME. Where messages have left since the backup, all sending is held, and the references
            of the replaced store are written down: with them `deliveries settle` keeps what has left from leaving again.
            Refusals since the backup are carried over from the replaced store; where there is none, or it cannot be
            read, all sending is held until they are imported again. Consents that wait for their confirmation go on
            waiting; other consents given since are not carried over.

            EXAMPLES
              nudged restore /var/backups/nudged.db
              nudged deliveries settle nudged.db.sent-since-backup   and what the provider's list has besides
              nudged release --rollback

            EXIT 0 done, 1 not agreed, 2 could not run, 75 a daemon is running
            """,
            """
            先停守护进程。备份会先检查；原来的数据库改名为 nudged.db.replaced-时间，留在旁边。备份之后已经发过消息的，\
            全部发送暂停，并写下原数据库交出的参考号：用 deliveries settle 登记后，发过的不会再发。\
            备份之后的拒绝从原数据库带过来；没有原数据库或读不了时，全部发送暂停，请重新导入这些拒绝。\
            等待确认的同意继续等待；备份之后的其他同意不带过来。

            示例
              nudged restore /var/backups/nudged.db
              nudged deliveries settle nudged.db.sent-since-backup   再加上服务商清单里的参考号
              nudged release --rollback

            退出码  0 完成，1 没有同意，2 未能运行，75 守护进程正在运行
            """))

    @Argument(help: .say("A file that `nudged backup` wrote.", "nudged backup 写的文件。"))
    var file: String
    @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    func run() throws {
        let config = try options.loadConfig()
        let path = try MemberStore.filePath(of: options.storeURL(config))
        guard URL(filePath: file).resolvingSymlinksInPath().path != path else {
            throw Failure(.couldNotRun, .say("\(file) is the store itself", "\(file) 就是数据库本身"))
        }
        let progress = ProgressLine(.say("checking the backup", "正在检查备份"))
        defer { progress.finish() }
        try BackupCheck(path: file).requireSound(progress)
        progress.finish()
        let lock = try StoreLock(databasePath: path)
        try withExtendedLifetime(lock) { try replace(path, config) }
    }

    private func replace(_ path: String, _ config: Configuration?) throws {
        guard
            try Question.isAgreed(
                .say("put \(file) in the place of \(path)?", "用 \(file) 替换 \(path)？"), yes: yes)
        else {
            Console.error(.say("nothing was changed", "没有改动任何内容"))
            throw ExitCode(ExitStatus.findings.rawValue)
        }
        let progress = ProgressLine(.say("copying the backup", "正在恢复"))
        defer { progress.finish() }
        let outcome = try Restore(Backup(path: file), to: path).run(at: .now) { share in
            progress.say(.say("copying the backup \(Int(share * 100)) %", "正在恢复 \(Int(share * 100)) %"))
        }
        progress.finish()
        guard !json else { return Console.print(outcome.json.rendered) }
        Console.print(words(outcome, path))
        let store = try MemberStore.reading("sqlite:" + path)
        let stops = StopWording(speech: options.speech(config, store))
        if outcome.held != nil { Console.print(stops.goesOut(try store.owed(at: .now), heldStill: [])) }
        guard let fault = try config?.encryptionFault(of: store) else { return }
        let rekey = "nudged rekey" + (options.config.map { " --config \($0)" } ?? "")
        Console.print(fault.spoken)
        Console.print(.say("next, before the daemon starts: \(rekey)", "接下来，在启动守护进程之前：\(rekey)"))
    }

    private func words(_ outcome: Restore.Outcome, _ path: String) -> String {
        var lines = [String.say("\(path) is now the backup \(file)", "\(path) 现在是备份 \(file) 的内容")]
        if let aside = outcome.putAside { lines.append(.say("the store of before: \(aside)", "原来的数据库：\(aside)")) }
        if outcome.erasedAgain > 0 {
            lines.append(
                .say(
                    "erased again by the journal: \(outcome.erasedAgain) members",
                    "按删除记录再次删除：\(outcome.erasedAgain) 位会员"))
        }
        if outcome.refusals > 0 {
            lines.append(
                .say(
                    "\(outcome.refusals) refusals since the backup are carried over",
                    "备份之后的 \(outcome.refusals) 条拒绝已带过来"))
        }
        if outcome.requests > 0 {
            lines.append(
                .say(
                    "\(outcome.requests) consents that wait for their confirmation are carried over",
                    "等待确认的 \(outcome.requests) 条同意已带过来"))
        }
        if let loss = outcome.loss { lines += words(loss) }
        guard outcome.held != nil else {
            lines.append(.say("nothing has left since the backup: the daemon may start", "备份之后没有发过消息：可以启动守护进程"))
            return lines.joined(separator: "\n")
        }
        return (lines + remedies(outcome)).joined(separator: "\n")
    }

    /// What is lost, and what to do about it.
    private func words(_ loss: RefusalLoss) -> [String] {
        let what: String =
            switch loss {
            case .noStore:
                .say("there was no store to read them from", "没有可供读取的原数据库")
            case .unreadable:
                .say("the store of before could not be read", "原数据库读不了")
            case .otherKey:
                .say(
                    "the store of before knows addresses by another key, only what members said is carried over",
                    "原数据库的地址用的是另一个密钥，只带过来会员本人的拒绝")
            }
        return [
            .say("REFUSALS SINCE THE BACKUP ARE LOST: \(what)", "备份之后的拒绝已丢失：\(what)"),
            .say(
                "import them again: nudged import suppressions FILE, nudged import consents FILE",
                "请重新导入：nudged import suppressions 文件，nudged import consents 文件"),
        ]
    }

    private func remedies(_ outcome: Restore.Outcome) -> [String] {
        let release = String.say("then: nudged release --rollback", "然后：nudged release --rollback")
        guard outcome.hasSentSince else {
            return [.say("all sending is held until then", "在此之前全部发送暂停"), release]
        }
        var lines = [String.say("all sending is held: messages have left since the backup", "全部发送暂停：备份之后已经发过消息")]
        if let name = outcome.sentSince {
            lines.append(
                .say(
                    "\(outcome.sentCount) references that have left since: nudged deliveries settle \(name)",
                    "此后交出 \(outcome.sentCount) 个参考号：nudged deliveries settle \(name)"))
        } else {
            lines.append(
                .say(
                    "give the provider's list of what it took to: nudged deliveries settle FILE",
                    "请把服务商的受理清单交给：nudged deliveries settle 文件"))
        }
        return lines + [release]
    }
}

/// The questions to a backup before it is trusted.
struct BackupCheck {
    let path: String

    /// Throws `Failure` where the file is not the backup that was written.
    func requireSound(_ progress: ProgressLine) throws {
        try OwnFile.requireReadable(path)
        // The checksum beside it is read too.
        if FileManager.default.fileExists(atPath: path + ".sha256") { try OwnFile.requireReadable(path + ".sha256") }
        let checksum = try Backup(path: path).checksum { share in
            progress.say(.say("reading the backup \(Int(share * 100)) %", "正在读备份 \(Int(share * 100)) %"))
        }
        if checksum == .differs {
            throw Failure(
                .couldNotRun,
                .say(
                    "\(path) is not what its checksum was written for: it is damaged or was changed; take another backup",
                    "\(path) 与校验和不符：文件损坏或被改过，请换一份备份"))
        }
        if let stray = StrayFile(path: path) { throw Failure(.couldNotRun, stray.sentence(path).spoken) }
        if case .damaged(let what) = try StructureCheck(path: path).run() {
            throw Failure(
                .couldNotRun,
                .say("\(path) is damaged (\(what)); take another backup", "\(path) 已损坏（\(what.chinese)），请换一份备份"))
        }
    }

    /// The backup as a store to ask.
    func soundStore(_ progress: ProgressLine) throws -> MemberStore {
        try requireSound(progress)
        return try Backup(path: path).store()
    }
}

extension Backup.Account {
    fileprivate func json(_ file: String) -> JSONText {
        .object([
            "file": .text(file), "bytes": .int(Int(bytes)), "sha256": .text(checksum),
            "generation": .int(Int(generation)), "token": .int(Int(token)), "schema": .text(schema),
            "members": .int(members), "owed": .int(owed),
        ])
    }
}

extension Restore.Outcome {
    fileprivate var json: JSONText {
        .object([
            "replaced": putAside.map { .text($0) } ?? .null, "held": .bool(held != nil),
            "reason": held.map { .text($0) } ?? .null, "sent_since": sentSince.map { .text($0) } ?? .null,
            "sent_count": .int(sentCount), "erased_again": .int(erasedAgain),
            "refusals": .int(refusals), "requests": .int(requests),
            "refusals_lost": loss.map { .text($0.rawValue) } ?? .null,
        ])
    }
}
