import Foundation
import Kit
import Testing

@testable import Channels

@Suite("Lists for staff")
struct StaffListTests {
    private let folder = NSTemporaryDirectory() + "nudged-staff-\(UUID().uuidString)"
    private let morning = Instant(rfc3339: "2026-11-30T09:30:00+08:00") ?? .distantPast

    private func message(
        _ text: String = "您好", to: String? = "wmNightingale_1", name: String? = "林小姐", advisor: String? = "王芳",
        reference: String = "nd1-1-1", at: Instant? = nil
    ) -> OutgoingMessage {
        OutgoingMessage(
            reference: reference, channel: "wecom", to: to, text: text, rule: "birthday", member: "m1", name: name,
            advisor: advisor, occasion: "birthday:2026", at: at ?? morning)
    }

    private func bytes(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: folder).appending(path: name)), as: UTF8.self)
    }

    private static let header = "\u{FEFF}应发时间,导购,客户,客户ID,话术,规则,参考号\r\n"

    @Test("have a file for each advisor and day, for its owner alone")
    func files() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let channel = StaffListChannel(folder: folder)
        let midnight = Instant(rfc3339: "2026-11-30T16:00:00Z") ?? .distantPast
        for message in [
            message(), message(reference: "nd1-2-1"), message(advisor: nil), message(at: midnight),
        ] {
            #expect(await channel.send(message) == .accepted(providerID: nil))
        }
        #expect(
            try bytes("2026-11-30-王芳.csv")
                == StaffListTests.header
                + "\"2026-11-30 09:30\",\"王芳\",\"林小姐\",\"wmNightingale_1\",\"您好\",\"birthday\",\"nd1-1-1\"\r\n"
                + "\"2026-11-30 09:30\",\"王芳\",\"林小姐\",\"wmNightingale_1\",\"您好\",\"birthday\",\"nd1-2-1\"\r\n")
        #expect(try bytes("2026-11-30-未分配.csv").contains("\"2026-11-30 09:30\",\"\",\"林小姐\""))
        #expect(try bytes("2026-12-01-王芳.csv").contains("\"2026-12-01 00:00\""))
        let made = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(made.count == 3)
        for name in made + ["."] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == (name == "." ? 0o700 : 0o600))
        }
    }

    @Test("go on after a restart without a second header")
    func restart() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for _ in 1...2 { #expect(await StaffListChannel(folder: folder).send(message()) == .accepted(providerID: nil)) }
        #expect(try bytes("2026-11-30-王芳.csv").components(separatedBy: "应发时间").count == 2)
    }

    @Test("keep every row of many messages at once whole, below one header")
    func concurrent() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let channel = StaffListChannel(folder: folder)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let text = String(repeating: "字", count: number + 1)
                    let outcome = await channel.send(message(text, reference: "nd1-\(number)-1"))
                    #expect(outcome == .accepted(providerID: nil))
                }
            }
        }
        let rows = try bytes("2026-11-30-王芳.csv").components(separatedBy: "\r\n")
        #expect(rows.count == 202 && rows.last == "" && rows[0] + "\r\n" == StaffListTests.header)
        #expect(Set(rows.dropFirst().compactMap { $0.components(separatedBy: ",").last }).count == 201)
    }

    @Test(
        "hold no formula, and one message a line",
        arguments: [
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""), ("+86138", "\"'+86138\""), ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""), ("\t=1", "\"'\t=1\""), ("  =1", "\"'  =1\""), ("＝1", "\"'＝1\""),
            ("\r=1", "\"' =1\""), ("a=b", "\"a=b\""), ("一\r\n二\n三\u{2028}四", "\"一 二 三 四\""),
            ("说\"好\"", "\"说\"\"好\"\"\""),
            ("", "\"\""),
        ])
    func cells(_ text: String, _ cell: String) { #expect(StaffListRow.cell(text) == cell) }

    @Test(
        "have names that stay in their folder",
        arguments: [
            ("王芳", "王芳"), ("../../etc/passwd", "etcpasswd"), (".", "未分配"), ("", "未分配"), ("a/b\0c", "abc"),
            ("Li Na 3", "LiNa3"), ("\u{202E}x", "x"), ("😀", "未分配"),
        ])
    func names(_ advisor: String, _ name: String) { #expect(StaffListRow.fileSafe(advisor) == name) }

    @Test("an endless name still names a file")
    func endless() async {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let endless = String(repeating: "王", count: 5000)
        #expect(await StaffListChannel(folder: folder).send(message(advisor: endless)) == .accepted(providerID: nil))
    }

    @Test("a file of somebody else's is left alone, and a folder that cannot be made keeps the messages")
    func foreign() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "mine".write(toFile: "\(folder)/2026-11-30-王芳.csv", atomically: true, encoding: .utf8)
        #expect(await StaffListChannel(folder: folder).send(message()) == .misconfigured(code: "not_a_staff_list"))
        #expect(try bytes("2026-11-30-王芳.csv") == "mine")
        let inFile = StaffListChannel(folder: "\(folder)/2026-11-30-王芳.csv")
        #expect(await inFile.send(message()) == .notSent(code: "write_failed", retryAfter: nil))
        #expect(await StaffListChannel(folder: folder).send(message("")) == .rejected(code: "empty_text"))
    }
}
