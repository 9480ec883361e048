import Policies
import Rules
import Testing

@testable import Channels

@Suite("Tokens of links")
struct LinkTokensTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    private static let other = "fedcba9876543210fedcba9876543210"
    private static let rows = [
        LinkRow(.unsubscribe, 1, subject: "lin\u{1F}sms\u{1F}00"),
        LinkRow(.unsubscribe, 2, subject: "lin\u{1F}sms\u{1F}00"),
        LinkRow(.confirm, 1, subject: "lin\u{1F}sms\u{1F}00"),
        LinkRow(.unsubscribe, 1, subject: "wang\u{1F}sms\u{1F}00"), LinkRow(.short, 1, subject: "lin\u{1F}sms\u{1F}00"),
        LinkRow(.unsubscribe, 1 << 32 - 1, subject: ""), LinkRow(.short, 1 << 40 - 1, subject: ""),
        LinkRow(.short, 0, subject: ""),
    ]

    @Test("are right for their own row alone", arguments: rows.indices)
    func own(_ index: Int) throws {
        let tokens = try LinkTokens(secret: Self.secret)
        let row = Self.rows[index]
        let token = try #require(tokens.token(of: row))
        #expect(token.utf8.count == row.kind.tokenLength)
        #expect(
            token.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F
            })
        #expect(LinkTokens.number(in: token, row.kind) == row.id)
        #expect(tokens.token(of: row) == token, "the same for ever")
        for other in Self.rows { #expect(tokens.accepts(token, of: other) == (other == row)) }
    }

    @Test("are of the lengths that texts reserve for them")
    func lengths() {
        #expect(LinkRow.Kind.unsubscribe.tokenLength == 16)
        #expect(LinkRow.Kind.short.tokenLength == 18)
    }

    @Test("do not survive any change of any character, nor another length", arguments: rows.prefix(4))
    func tampered(_ row: LinkRow) throws {
        let tokens = try LinkTokens(secret: Self.secret)
        let token = Array(try #require(tokens.token(of: row)).utf8)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/%".utf8)
        for index in token.indices {
            for letter in alphabet where letter != token[index] {
                var changed = token
                changed[index] = letter
                #expect(!tokens.accepts(String(decoding: changed, as: UTF8.self), of: row))
            }
            let cut = String(decoding: token[..<index], as: UTF8.self)
            #expect(!tokens.accepts(cut, of: row))
            #expect(LinkTokens.number(in: cut, row.kind) == nil)
        }
        #expect(!tokens.accepts(String(decoding: token + token, as: UTF8.self), of: row))
        for text in ["", "xxxxxxxxxxxxxxxx", "////////////////", "退退退退退", "xxxxxxxxxxxxxx=="] {
            #expect(!tokens.accepts(text, of: row))
            _ = LinkTokens.number(in: text, row.kind)
        }
    }

    @Test("of a secret of before still work, and new ones are made with the new one")
    func rotated() throws {
        let row = Self.rows[0]
        let old = try #require(try LinkTokens(secret: Self.secret).token(of: row))
        let both = try LinkTokens(secret: Self.other, previous: Self.secret)
        #expect(both.accepts(old, of: row))
        #expect(both.token(of: row) != old)
        #expect(try !LinkTokens(secret: Self.other).accepts(old, of: row))
    }

    @Test("need a secret that nobody guesses")
    func weak() {
        #expect(throws: LinkTokens.WeakSecret.self) { try LinkTokens(secret: "0123456789abcdef0123456789abcde") }
        #expect(throws: LinkTokens.WeakSecret.self) { try LinkTokens(secret: Self.secret, previous: "short") }
    }

    @Test("cannot number more rows than they have room for")
    func tooMany() throws {
        let tokens = try LinkTokens(secret: Self.secret)
        #expect(tokens.token(of: LinkRow(.unsubscribe, 1 << 32, subject: "")) == nil)
        #expect(tokens.token(of: LinkRow(.short, 1 << 40, subject: "")) == nil)
        #expect(tokens.token(of: LinkRow(.short, -1, subject: "")) == nil)
    }
}
