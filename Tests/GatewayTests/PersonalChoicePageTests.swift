import Rules
import TestSupport
import Testing

@testable import Gateway
@testable import Store

@Suite("The page and what is known of the member")
struct PersonalChoicePageTests {
    @Test(
        "a box says whether offers are chosen by it, and the form writes what differs",
        arguments: [
            ("page=1&shown=&was=&personal-was=1&personal=1", "-"), ("page=1&shown=&was=&personal-was=1", "generic"),
            ("page=1&shown=&was=&personal-was=0", "generic"), ("page=1&shown=&was=", "-"),
            ("page=1&List-Unsubscribe=One-Click&personal-was=1", "-"),
        ])
    func box(form: String, expected: String) async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        let page = try await shelf.ask("GET", "/u/\(token)", ["Accept-Language": "en"])
        #expect(page.contains("name=\"personal\" value=\"1\" checked> Choose offers for me"))
        #expect(try await shelf.ask("POST", "/u/\(token)", body: form).status == 200)
        let word = try await shelf.store.writer.read { db in
            try (db.value("SELECT COALESCE(personalisation, '-') FROM members WHERE id = 'lin'") as String?)
        }
        #expect(word == expected)
        try await shelf.desk.stop()
    }
}
