import Foundation
import Intake
import Kit
import Rules
import TestSupport
import Testing

@testable import Gateway
@testable import Store

@Suite("Links that confirm a consent")
struct ConfirmPageTests {
    /// lin said no to mail before, and was asked at 11:00 for a yes that came since.
    private func asked(_ shelf: LinkShelf) async throws -> String {
        let now = try #require(Instant(rfc3339: "2026-03-10T11:00:00+08:00"))
        let no = ConsentRow(
            memberID: "lin", channel: "email", state: .withdrawn, at: now.adding(micros: -60_000_000), source: "call")
        var yes = ConsentRow(memberID: "lin", channel: "email", state: .granted, at: now, source: "form")
        yes.confirmedBy = .email
        for word in [no, yes] {
            try await shelf.store.writer.write { db in
                var rows = RowWriter(db, origin: .world(now: now))
                _ = try rows.write(consent: word)
            }
        }
        let request = try #require(try await shelf.store.consentRequest(1))
        return try #require(shelf.tokens.token(of: request.row))
    }

    private func mail(_ shelf: LinkShelf) async throws -> [String] {
        try await shelf.consents().filter { $0.hasPrefix("lin email") }
    }

    private static let before = ["lin email marketing granted -", "lin email marketing withdrawn call"]

    @Test("show a page with a button and change nothing, a hundred times and by whoever fetches pages")
    func opened() async throws {
        let shelf = try await LinkShelf()
        let token = try await asked(shelf)
        for count in 0..<100 {
            let answer = try await shelf.ask(count % 3 == 0 ? "HEAD" : "GET", "/c/\(token)", ["Accept-Language": "en"])
            #expect(answer.status == 200)
            if count % 3 != 0 { #expect(answer.contains("Yes, send me offers by mail")) }
        }
        #expect(try await mail(shelf) == Self.before)
        try await shelf.desk.stop()
    }

    @Test("write the grant when the button is pressed, once, and say so")
    func pressed() async throws {
        let shelf = try await LinkShelf()
        let token = try await asked(shelf)
        for _ in 1...2 {
            let answer = try await shelf.ask("POST", "/c/\(token)", ["Accept-Language": "zh-CN"], body: "")
            #expect(answer.status == 200 && answer.contains("已确认：您将收到邮件优惠信息。"))
        }
        #expect(try await mail(shelf) == (Self.before + ["lin email marketing granted form"]).sorted())
        try await shelf.desk.stop()
    }

    @Test("say that they do nothing more after a later no, whatever is posted")
    func over() async throws {
        let shelf = try await LinkShelf()
        let token = try await asked(shelf)
        let no = try await shelf.no("lin", on: "email", address: "lin@example.com")
        #expect(try await shelf.ask("POST", "/u/\(no)", [:], body: "List-Unsubscribe=One-Click").status == 200)
        let before = try await mail(shelf)
        let answer = try await shelf.ask("POST", "/c/\(token)", ["Accept-Language": "en"], body: "yes=1")
        #expect(answer.status == 200 && answer.contains("This link does nothing any more."))
        #expect(try await mail(shelf) == before)
        try await shelf.desk.stop()
    }

    @Test("lead nowhere with a token that is not theirs")
    func strange() async throws {
        let shelf = try await LinkShelf()
        let token = try await asked(shelf)
        let wrong = (token.first == "A" ? "B" : "A") + token.dropFirst()
        let unsubscribe = try await shelf.no("lin", on: "email", address: "lin@example.com")
        for other in [wrong, String(token.dropLast()), "x", unsubscribe] {
            #expect(try await shelf.ask("POST", "/c/\(other)", body: "").status == 404)
        }
        #expect(try await shelf.ask("POST", "/u/\(token)", body: "List-Unsubscribe=One-Click").status == 404)
        #expect(try await mail(shelf) == Self.before)
        try await shelf.desk.stop()
    }
}
