import ArgumentParser
import Config
import Foundation
import Kit
import Review
import Store

struct RekeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: .say("Encrypt the store, or change its key.", "加密数据库，或更换它的密钥。"),
        discussion: .say(
            """
            The daemon must be stopped. The store is written anew beside itself with `store.key` of nudged.yaml, checked,
            and put in the place of the old file; until then nothing changes. What it was encrypted with before is
            `store.previous_key`. Everything in the store is encrypted (AES-256-GCM), its log, its temporary files and
            later backups too. WITHOUT THE KEY NOBODY CAN READ IT AGAIN: keep a copy where the backups are not.

            Copies and backups from before stay as they are; the command names those beside the store. A disk may still
            hold the blocks of an old plain file.

            EXAMPLES
              openssl rand -base64 32 > /etc/nudged/store.key      mode 0600, then store: {key: {file: …}}
              nudged rekey                                         encrypt, or change the key
              nudged rekey --plain                                 back to a plain file

            EXIT 0 done, 2 could not run, 75 a daemon is running, 78 nudged.yaml is not usable
            """,
            """
            先停守护进程。数据库按 nudged.yaml 的 store.key 在旁边重写一份，检查后替换原文件；在此之前什么都不变。\
            原来的密钥写在 store.previous_key。库里的全部内容都加密（AES-256-GCM），日志、临时文件和以后的备份也一样。\
            没有密钥谁也读不了：请另存一份，不要和备份放在一起。

            以前的副本和备份保持原样，命令会列出数据库旁边的那些。磁盘上可能还留有旧明文文件的数据块。

            示例
              openssl rand -base64 32 > /etc/nudged/store.key      权限 0600，再写 store: {key: {file: …}}
              nudged rekey                                         加密，或更换密钥
              nudged rekey --plain                                 恢复为明文

            退出码  0 完成，2 未能运行，75 守护进程正在运行，78 nudged.yaml 不能用
            """))

    @Flag(help: .say("Write a plain file.", "写成明文。")) var plain = false
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    func run() throws {
        let config = try options.loadConfig()
        let path = try MemberStore.filePath(of: options.storeURL(config))
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(.couldNotRun, .say("there is no store at \(path)", "\(path) 处没有数据库"))
        }
        guard plain || config?.storeKey != nil else {
            throw Failure(
                .couldNotRun,
                .say(
                    "no key is named; write store: {key: {credential: store_key}} into nudged.yaml",
                    "没有指明密钥；请在 nudged.yaml 里写 store: {key: {credential: store_key}}"))
        }
        let lock = try StoreLock(databasePath: path)
        let progress = ProgressLine(.say("writing the store anew", "正在重写数据库"))
        defer { progress.finish() }
        let outcome = try withExtendedLifetime(lock) {
            try Rekey(path: path, to: plain ? .plain : .encrypted).run(at: .now) { share in
                progress.say(.say("writing the store anew \(Int(share * 100)) %", "正在重写数据库 \(Int(share * 100)) %"))
            }
        }
        progress.finish()
        Console.print(json ? outcome.json.rendered : words(outcome, path))
    }

    private func words(_ outcome: Rekey.Outcome, _ path: String) -> String {
        let key = outcome.after
        var lines = [
            key.map {
                String.say("\(path) is encrypted with the key \($0)", "\(path) 已用密钥 \($0) 加密")
            } ?? .say("\(path) is not encrypted", "\(path) 没有加密")
        ]
        if let before = outcome.before, before != key {
            lines.append(
                .say(
                    "backups from before need the key \(before): keep it as store.previous_key while there are any",
                    "以前的备份要用密钥 \(before)：只要还有这样的备份，就把它留在 store.previous_key"))
        }
        if outcome.before == nil, key != nil {
            lines.append(
                .say("backups from before are plain files: encrypt or remove them", "以前的备份是明文：请加密或删除"))
        }
        if !outcome.others.isEmpty {
            lines.append(.say("copies beside the store, as they were:", "数据库旁边的副本，保持原样："))
            lines += outcome.others.map { "  " + $0 }
        }
        return lines.joined(separator: "\n")
    }
}

extension Rekey.Outcome {
    fileprivate var json: JSONText {
        func text(_ name: String?) -> JSONText { name.map(JSONText.text) ?? .null }
        let files = others.map { JSONText.text($0) }
        return .object([
            "before": text(before), "after": text(after), "bytes": .int(Int(bytes)), "others": .list(files),
        ])
    }
}
