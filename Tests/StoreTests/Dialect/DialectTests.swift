import Testing

@testable import Store

@Suite("Dialects")
struct DialectTests {
    @Test(
        "parameters get numbers: question marks in their order, names once each",
        arguments: [
            ("a = ? AND b = ?", "a = $1 AND b = $2", [nil, nil]),
            ("a = ?2 OR b = ?1 OR c = ?2", "a = $2 OR b = $1 OR c = $2", [nil, nil]),
            ("a = :now AND b < :rule AND c > :now", "a = $1 AND b < $2 AND c > $1", ["now", "rule"]),
            ("a IN {texts :ids} AND b = :now", nil, ["ids", "now"]),
            (
                "a = ':no' AND \"?\" = '?' -- :no ?\nAND b = ?::bigint",
                "a = ':no' AND \"?\" = '?' -- :no ?\nAND b = $1::bigint", [nil]
            ),
            ("a = 'it''s :no' AND 名 = :名", "a = 'it''s :no' AND 名 = :名", []),
            ("", "", []),
        ] as [(String, String?, [String?])])
    func numbers(statement: String, sql: String?, parameters: [String?]) {
        let text = Dialect.postgres.text(statement)
        #expect(text.parameters == parameters)
        if let sql { #expect(text.sql == sql) }
        #expect(Dialect.sqlite.text(statement).parameters.isEmpty)
    }

    @Test(
        "words in braces become what each database calls it",
        arguments: [
            ("{instr}(a, ?) > 0", "instr(a, ?) > 0", "strpos(a, $1) > 0"),
            ("FROM a {then} b ON b.x = a.x", "FROM a CROSS JOIN b ON b.x = a.x", "FROM a JOIN b ON b.x = a.x"),
            ("{unindexed a.b} = 1", "+a.b = 1", "a.b = 1"),
            ("FROM a {indexed a_b} WHERE", "FROM a INDEXED BY a_b WHERE", "FROM a  WHERE"),
            ("{json a.b} ->> 'c'", "a.b ->> 'c'", "CAST(a.b AS jsonb) ->> 'c'"),
            ("{rest a}", "json_remove(a, '$[0]')", "CAST(CAST(a AS jsonb) - 0 AS text)"),
            ("{scalar e.d 'it''s}'}", nil, "(CAST(e.d AS jsonb) ->> 'it''s}')"),
            ("'{then}' || {hex x}", "'{then}' || hex(x)", "'{then}' || encode(x, 'hex')"),
            ("{nobody knows} {", "{nobody knows} {", "{nobody knows} {"),
        ] as [(String, String?, String)])
    func words(statement: String, sqlite: String?, postgres: String) {
        if let sqlite { #expect(Dialect.sqlite.text(statement).sql == sqlite) }
        #expect(Dialect.postgres.text(statement).sql == postgres)
    }

    @Test("the words mean on SQLite what they say")
    func meanings() throws {
        try MemberStore.inMemory().writer.read { db in
            let json = #"{"a}'b": true, "n": 1.5, "t": "x", "z": null}"#
            func scalar(_ key: String) throws -> SQLValue? {
                try db.value("SELECT {scalar d \(sqlText(key))} FROM (SELECT :d AS d) s", ["d": json])
            }
            #expect(try scalar("a}'b") == .text("true"))
            #expect(try scalar("n") == .real(1.5))
            #expect(try scalar("z") == nil)
            let members = try db.all("SELECT key, value FROM {members ?} t ORDER BY id", [json])
            #expect(try members.map { try $0[0] as String } == ["a}'b", "n", "t", "z"])
            #expect(try members.map { try $0[1] as String? } == ["true", "1.5", "x", nil])
            #expect(try db.values("SELECT value FROM {text_elements ?} t ORDER BY key", [#"["b","a"]"#]) == ["b", "a"])
            #expect(try db.value("SELECT 3 IN {numbers ?}", ["[1,3]"]) == true)
            #expect(try db.value("SELECT {member x :m} FROM (SELECT '{\"s.1\":0}' AS x) t", ["m": "s.1"]) == 0)
            #expect(
                try db.value("SELECT {noted x :m} FROM (SELECT '{\"s.1\":0}' AS x) t", ["m": "s.1"]) == #"{"s.1":1}"#)
        }
    }
}
