import Foundation
import Kit
import Rules
import TestSupport
import Testing

@testable import Gateway
@testable import Store

@Suite("What the API refuses, and what it says of a repetition")
struct APIRefusalTests {
    @Test(
        "a grant says why it changes nothing where a refusal of every channel, of the address or a complaint stands against it",
        arguments: [
            ("consents", #"{"member_id":"lin","channel":"*","state":"withdrawn"}"#),
            ("consents", #"{"address":"13800000001","channel":"sms","state":"withdrawn"}"#),
            ("suppressions", #"{"address":"13800000001","reason":"complaint"}"#),
        ])
    func refusedElsewhere(path: String, no: String) async throws {
        let shop = try await APIShop()
        #expect(try await shop.ask("POST", "/\(path)", as: .write, "[\(no)]").text("accepted") == "1")
        let grant = #"{"member_id":"lin","channel":"sms","state":"granted"}"#
        let undated = try await shop.ask("POST", "/consents", as: .write, "[\(grant)]").body
        #expect(undated.contains(#""outcome":"unchanged""#) && undated.contains(GrantObjection.refused.words.english))
        let old = grant.replacing("}", with: #","at":"2020-01-01"}"#)
        let dated = try await shop.ask("POST", "/consents", as: .write, "[\(old)]").body
        #expect(dated.contains(#""outcome":"inserted""#) && dated.contains(GrantObjection.outlived.words.english))
        try await shop.end()
    }

    @Test(
        "another event under a known id is rejected, alone with 409, and both are kept; an order of another member is an update"
    )
    func otherEvents() async throws {
        let shop = try await APIShop()
        func post(_ path: String, _ objects: String) async throws -> APIShop.Reply {
            try await shop.ask("POST", path, as: .write, "[\(objects)]")
        }
        let event = #"{"id":"e1","member_id":"lin","name":"visit","at":"2026-03-10 10:00"}"#
        let other = event.replacing("lin", with: "zbo")
        #expect(try await post("/events", event).body.contains("inserted"))
        #expect(try await post("/events", event).body.contains(#""outcome":"unchanged"}"#))
        let alone = try await post("/events", other)
        #expect(alone.status == 409 && alone.text("field") == "id", "\(alone.body)")
        let both = try await post("/events", "\(event),\(other.replacing("visit", with: "bought"))")
        #expect(both.status == 200 && both.text("rejected") == "1", "\(both.body)")
        let kept = try shop.store.quarantine(kind: .conflict, atMost: 9)
        #expect(kept.map(\.eventID) == ["e1", "e1"] && kept.allSatisfy { $0.source == "import" })

        let order = #"{"id":"o1","member_id":"lin","paid_at":"2026-03-10 10:00","total":5}"#
        #expect(try await post("/orders", order).body.contains("inserted"))
        #expect(try await post("/orders", order.replacing("lin", with: "zbo")).body.contains(#""outcome":"updated""#))
        let ahead = try await post("/orders", order.replacing("2026-03-10", with: "2099-03-10"))
        #expect(ahead.status == 422 && ahead.text("field") == "paid_at", "\(ahead.body)")
        try await shop.end()
    }

    @Test("a hold that comes again under its key holds again, and a release ends nothing twice")
    func heldAgain() async throws {
        let shop = try await APIShop()
        func ask(_ path: String, _ key: String) async throws -> APIShop.Reply {
            let body = path == "/hold" ? #"{"reason":"stop"}"# : nil
            return try await shop.ask("POST", path, as: .operate, body, ["Idempotency-Key: \(key)"])
        }
        #expect(try await ask("/hold", "h").body.contains(#""scope":"all""#))
        #expect(try await ask("/release", "r").body.contains(#""held":[]"#))
        let again = try await ask("/hold", "h")
        #expect(
            again.body.contains(#""scope":"all""#) && again.fields["idempotency-replayed"] == "true", "\(again.body)")
        #expect(try shop.store.stops().map(\.scope) == ["all"])
        let released = try await ask("/release", "r")
        #expect(released.body.contains(#""ended":[]"#) && released.body.contains(#""scope":"all""#), "\(released.body)")
        #expect(try shop.store.stops().map(\.scope) == ["all"])
        try await shop.end()
    }
}
