import Foundation
import TestSupport
import Testing

@testable import Store

/// A folder of nudged.yaml, with the daemon as a process.
@Suite("A folder and the daemon", .serialized)
struct FolderTests {
    @Test("killed between the import and the move, it imports the file again at the next start: nothing is doubled")
    func killed() throws {
        let scratch = try Scratch()
        #expect(try scratch.run("nudged init . && mkdir spool").status == 0)
        try scratch.write(
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            sources: [{id: pos, folder: spool, kind: members}]
            channels: {sms: {type: log}, wechat: {type: log}, email: {type: log}, wecom: {type: log}, push: {type: log}}
            """, to: "nudged.yaml")
        #expect(try scratch.run("nudged check --config nudged.yaml").status == 0)
        try scratch.write("会员号,手机号\nm1,13800000001\nm2,13800000002\nm3,1380\n", to: "spool/会员.csv")
        let first = try DaemonProcess(scratch, environment: ["NUDGED_CRASH_AT": "after_import"])
        #expect(first.end() == -SIGKILL)
        #expect(try scratch.run("ls spool/会员.csv").status == 0)
        let second = try DaemonProcess(scratch)
        try second.wait(for: "READY=1")
        var looks = 0
        while try scratch.run("nudged status | grep -q 'waiting 0  in rejected/ 1'").status != 0, looks < 1000 {
            looks += 1
        }
        second.signal(SIGTERM)
        #expect(second.end() == 0)
        let store = try MemberStore.reading("sqlite:\(scratch.directory.path)/nudged.db")
        #expect(try store.writer.read { try $0.values("SELECT id FROM members ORDER BY id") } == ["m1", "m2"])
        #expect(
            try scratch.run("cd spool && find . -type f | sort").printed == [
                "./rejected/会员.csv", "./rejected/会员.csv.rejected.csv",
            ])
        let status = try scratch.run("nudged status")
        #expect(status.printed.contains("folder     pos  members  waiting 0  in rejected/ 1"), "\(status.printed)")
        #expect(status.printed.contains { $0.contains("1 files of `pos` were not taken whole") })
        #expect(try scratch.run("nudged audit --action import --json").printed.count == 2)
        #expect(!(try scratch.text("daemon.log")).contains("13800000001"))
        #expect(try scratch.run("rmdir spool/done; mv spool away; nudged check --config nudged.yaml").status == 1)
    }
}
