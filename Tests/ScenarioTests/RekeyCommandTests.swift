import Foundation
import Testing

/// An operator who encrypts a store that has been in use, changes its key, and takes a backup back.
@Suite("nudged rekey", .serialized)
struct RekeyCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write("id,phone,status\nm1,13975318641,active\n", to: "members.csv")
        try scratch.write("version: 1\nrules: []\n", to: "rules/rules.yaml")
        try config("")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    private func config(_ keys: String) throws {
        try scratch.write(
            "version: 1\nstore: {url: \"sqlite:nudged.db\"\(keys)}\nrules_dir: rules\nchannels: {sms: {type: log, path: sent.ndjson}}\n",
            to: "nudged.yaml")
    }

    private func nudged(_ command: String, status: Int32 = 0, says expected: String, locale: String = "C.UTF-8") throws
    {
        let keys = "export ONE=1111111111111111111111111111111111 TWO=2222222222222222222222222222222222 SHORT=3"
        let run = try scratch.run("\(keys); nudged \(command)", locale: locale)
        #expect(run.status == status && run.printed.contains { $0.contains(expected) }, "\(command): \(run.printed)")
    }

    @Test("from a plain store to an encrypted one, to another key, and back")
    func wholeWay() throws {
        try nudged("rekey", status: 2, says: "no key is named")
        try nudged(
            "doctor --offline", says: "the store is not encrypted; `store.key` in nudged.yaml would do it")
        try nudged("backup plain.bak", says: "1 members")

        try config(", key: {env: ONE}")
        try nudged("run --config nudged.yaml", status: 78, says: "encrypt it by `nudged rekey`")
        try nudged("check --config nudged.yaml", status: 1, says: "encrypt it by `nudged rekey`")
        try nudged(
            "status", status: 1,
            says: "the store is not encrypted, and nudged.yaml names a key → stop the daemon, then `nudged rekey`")
        try nudged("rekey", says: "nudged.db is encrypted with the key ")
        try nudged("doctor --offline", says: "the store is encrypted (key ")
        try config("")
        try nudged("doctor --offline", status: 1, says: "name its key as `store: {key: …}` in nudged.yaml")
        try nudged("doctor --offline", status: 1, says: "→ what it holds is whole: no backup is needed")
        try config(", key: {env: ONE}")
        try nudged("verify", says: "every checked invariant holds")
        try nudged("members show m1", says: "139****8641")
        try nudged("backup sealed.bak", says: "1 members")
        try nudged("backup sealed.bak", says: "1 members")
        try nudged("verify --copy sealed.bak", says: "every checked invariant holds")
        #expect(try scratch.run("grep -ac 13975318641 nudged.db* sealed.bak | grep -v :0").printed == [])

        try config(", key: {env: TWO}")
        try nudged("verify", status: 2, says: "is encrypted with another key than")
        try nudged("rekey", status: 2, says: "name that one as `store: {previous_key: …}`")
        try config(", key: {env: TWO}, previous_key: {env: ONE}")
        try nudged("doctor --offline", says: "the store is encrypted with the key of before")
        try nudged("status", status: 1, says: "the store is encrypted with the key of before (")
        try nudged("rekey", says: "keep it as store.previous_key while there are any")
        try nudged("restore sealed.bak --yes", says: "is now the backup")
        try nudged("restore plain.bak --yes", says: "next, before the daemon starts: nudged rekey")
        try nudged("rekey", says: "copies beside the store, as they were:")
        try nudged("audit --action rekey", says: "rekey")

        try nudged("rekey --plain --lang zh-CN", says: "没有加密")
        try config("")
        try nudged("members show m1", says: "139****8641")
        try nudged("verify --copy sealed.bak", status: 2, says: "is encrypted; name its key")
    }

    @Test("a key that cannot be had, or is too short, is said and changes nothing")
    func slips() throws {
        let before = try scratch.run("sha256sum nudged.db").printed
        try config(", key: {env: NOT_SET}")
        try nudged(
            "rekey", status: 2, says: "the key of the store cannot be used: environment variable NOT_SET is not set")
        try config(", key: {env: SHORT}")
        try nudged("rekey", status: 2, says: "it has less than 32 characters")
        try nudged("verify --lang zh-CN", status: 2, says: "数据库的密钥不能用：它少于 32 个字符")
        try config(", key: \"written out in the file, which is no place\"")
        try nudged("rekey", status: 78, says: "a secret is written out")
        #expect(try scratch.run("sha256sum nudged.db").printed == before)
    }
}
