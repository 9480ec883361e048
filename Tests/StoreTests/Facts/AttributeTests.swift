import Kit
@testable import Review
@testable import Engine
@testable import Intake
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

/// Custom attributes have one canonical stored form by their declared type, and one meaning wherever they are read.
@Suite("Custom attributes")
struct AttributeTests {
    private static let shanghai = Zone(named: "Asia/Shanghai") ?? .utc

    struct Typed: Sendable, CustomTestStringConvertible {
        let type: FieldType
        let typed: String
        /// Nil: it does not fit.
        let canonical: String?
        var testDescription: String { "\(type.rawValue) \(typed)" }
        init(_ type: FieldType, _ typed: String, _ canonical: String?) {
            (self.type, self.typed, self.canonical) = (type, typed, canonical)
        }
    }

    static let table: [Typed] = [
        Typed(.bool, "TRUE", "true"), Typed(.bool, "是", "true"), Typed(.bool, "0", "false"), Typed(.bool, "maybe", nil),
        Typed(.bool, "", nil), Typed(.date, "2026-03-07", "2026-03-07"), Typed(.date, "2026/3/7", "2026-03-07"),
        Typed(.date, "2026年3月7日", "2026-03-07"), Typed(.date, "2026-03-07 00:00:00", "2026-03-07"),
        Typed(.date, "2026-03-07 10:00", nil), Typed(.date, "2026-02-30", nil), Typed(.date, "46089", nil),
        Typed(.instant, "2026-03-07 10:00", "1772848800000000"),
        Typed(.instant, "2026-03-07T02:00:00Z", "1772848800000000"),
        Typed(.instant, "2026-03-07", "1772812800000000"), Typed(.instant, "soon", nil),
        Typed(.money, "200", "20000"), Typed(.money, "¥1,299.5", "129950"), Typed(.money, "99元", "9900"),
        Typed(.money, "-5", "-500"), Typed(.money, "1.2万", nil), Typed(.money, "1.999", nil), Typed(.money, "未知", nil),
        Typed(.number, "038.50", "38.5"), Typed(.number, "-0.0", "0"), Typed(.number, "1,038", "1038"),
        Typed(.number, "３８", "38"), Typed(.number, "未知", nil), Typed(.number, "1e3", nil), Typed(.number, "", nil),
        Typed(.number, "1234567890123456", nil), Typed(.list, "nuts; milk", #"["nuts","milk"]"#),
        Typed(.list, "坚果、牛奶", #"["坚果","牛奶"]"#), Typed(.list, #"["a;b", 3]"#, #"["a;b","3"]"#), Typed(.list, "", "[]"),
        Typed(.list, "[1,", nil), Typed(.text, "", ""), Typed(.text, " a ", " a "), Typed(.code, "007", "007"),
    ]

    @Test("each type has one canonical text; what does not fit it is refused, never 0", arguments: table)
    func canonical(_ one: Typed) {
        #expect(AttributeValue(one.typed, as: one.type, in: AttributeTests.shanghai)?.text == one.canonical)
    }

    @Test(
        "what an old store holds as typed is read as an import would, and what does not fit is missing",
        arguments: table)
    func asTyped(_ one: Typed) {
        let old = AttributeValue(text: one.typed, type: nil).value(as: one.type, in: AttributeTests.shanghai)
        let new = AttributeValue(one.typed, as: one.type, in: AttributeTests.shanghai)
        #expect(old == new?.value(as: one.type, in: AttributeTests.shanghai))
        // An empty list is missing (decision 0005).
        #expect((old == nil) == (one.canonical == nil || one.canonical == "[]"))
    }

    @Test("a type that is declared anew reads what was stored under the old one")
    func redeclared() {
        let zone = AttributeTests.shanghai
        let money = AttributeValue(text: "20000", type: .money)
        #expect(money.value(as: .number, in: zone) == .number(200) && money.value(as: .text, in: zone) == .text("200"))
        #expect(AttributeValue(text: "38", type: .number).value(as: .money, in: zone) == .money(3800))
        #expect(AttributeValue(text: "true", type: .bool).value(as: .date, in: zone) == nil)
    }

    // MARK: in rules

    private static let fields = """
        version: 1
        fields:
          - {id: member.attr.wallet, type: money, description: 储值余额, can_be_missing: true}
          - {id: member.attr.signed, type: instant, description: 签约时间, can_be_missing: true}
          - {id: member.attr.allergies, type: list, description: 过敏原, can_be_missing: true}
          - {id: member.attr.due, type: date, description: 预产期, can_be_missing: true}
          - {id: member.attr.vegan, type: bool, description: 素食, can_be_missing: true}
          - {id: member.attr.shoe, type: number, description: 鞋码, can_be_missing: true}
          - {id: member.attr.note, type: text, description: 备注, can_be_missing: true}
        """

    private static let conditions = [
        "wallet: {at_least: 100}", "wallet: {is_not: 200}", "signed: {before: 2026-01-01}",
        "allergies: {excludes: nuts}",
        "allergies: {includes: milk}", "due: {within_next: 30d}", "vegan: true", "vegan: false", "shoe: {at_most: 38}",
        "shoe: {is_set: true}", "note: {is_set: true}",
    ]

    /// One rule for each condition, by name without what it says of the trigger.
    private static func rules(_ when: String) -> String {
        conditions.enumerated().map { number, condition in
            """
              - {id: r\(padded(number, 2)), name: n, status: live, owner: crm, purpose: service, when: \(when), \
            if: {member.attr.\(condition)}, do: [{add_tag: x}]}
            """
        }.joined(separator: "\n")
    }

    private static func world(_ when: String, members: String) throws -> World {
        try World(
            settings: "version: 1\nquiet_hours: none\nservice_owners: [crm]\nblast_guard: off", rules: rules(when),
            members: members, more: ["fields.yaml": fields])
    }

    /// Numbers of the rules that did something, by member.
    private static func done(_ lines: [Decision]) -> [String: [Int]] {
        var done: [String: [Int]] = [:]
        for line in lines where line.outcome == .done {
            if let number = Int(line.rule.dropFirst()) { done[line.member, default: []].append(number) }
        }
        return done.mapValues { $0.sorted() }
    }

    private static let wallets = """
          lin: {attr: {wallet: 200, signed: "2025-06-01 10:00", allergies: "nuts;milk", due: 2026-03-20, vegan: true, shoe: 38, note: ""}}
          wu: {attr: {wallet: 99.99, signed: "2026-01-01", allergies: [milk], due: 2026-05-20, vegan: "否", shoe: 38.5}}
          zhao: {}
        """
    private static let held: [String: [Int]] = [
        "lin": [0, 2, 4, 5, 6, 8, 9, 10], "wu": [1, 3, 4, 7, 9], "zhao": [1, 3],
    ]

    @Test(
        "fixtures: every trigger finds the same people, with `--all` and without, and so does the daemon",
        arguments: [
            #"{schedule: {every: day, at: "10:00"}}"#, "{birthday: {}}", "{event: {name: ping}}",
        ])
    func everyPath(when: String) throws {
        let members = AttributeTests.wallets.replacing(
            "{attr:", with: "{birthday: \"1990-03-01\", events: [{id: e, name: ping, at: \"2026-03-01 10:00\"}], attr:"
        ).replacing(
            "zhao: {}",
            with: "zhao: {birthday: \"1990-03-01\", events: [{id: e, name: ping, at: \"2026-03-01 10:00\"}]}")
        let world = try AttributeTests.world(when, members: members)
        for showsUndecided in [false, true] {
            let store = try world.store()
            var simulation = Simulation(
                store: store, prepared: try PreparedRules(world.planned(), rulesVersion: 0, in: store),
                from: try world.instant("2026-03-01"), until: try world.instant("2026-03-02"))
            simulation.showsUndecided = showsUndecided
            #expect(
                AttributeTests.done(try simulation.run()) == AttributeTests.held, "showsUndecided \(showsUndecided)")
        }
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01 09:00"))
        let lines = try store.tick(prepared, at: try world.instant("2026-03-01 10:00")).lines
        #expect(AttributeTests.done(lines) == AttributeTests.held)
    }

    @Test("an import with fields.yaml, one without, and a store of an earlier version hold the same people")
    func imports() throws {
        let world = try AttributeTests.world(
            #"{schedule: {every: day, at: "10:00"}}"#, members: "  nobody: {status: closed}")
        let rows = """
            {"id":"lin","attr.wallet":200,"attr.signed":"2025-06-01 10:00","attr.allergies":"nuts;milk","attr.due":"2026/3/20","attr.vegan":true,"attr.shoe":"38"}
            {"id":"wu","attr.wallet":"99.99","attr.signed":"2026-01-01T00:00:00+08:00","attr.allergies":["milk"],"attr.due":"2026-05-20","attr.vegan":"否","attr.shoe":38.5}
            {"id":"zhao"}

            """
        for types in [world.set.attributeTypes, nil] {
            let desk = try IntakeDesk(store: try world.store())
            desk.options.attributes = types
            #expect(try desk.run(.members, rows, name: "members.ndjson").accepted == 3)
            if types == nil {
                #expect(try desk.row("SELECT COUNT(*) FROM member_attributes WHERE type IS NOT NULL") == ["0"])
            }
            let again = try desk.run(.members, rows, name: "members.ndjson")
            #expect(again.unchanged == 3)
            let prepared = try desk.store.goLive(
                world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01 09:00"))
            let lines = try desk.store.tick(prepared, at: try world.instant("2026-03-01 10:00")).lines
            #expect(AttributeTests.done(lines) == AttributeTests.held.mapValues { $0.filter { $0 != 10 } })
        }
    }

    @Test("a value that does not fit its type rejects the row, names the column, and shows no value")
    func refused() throws {
        let desk = try IntakeDesk()
        desk.options.attributes = ["wallet": .money, "due": .date, "note": .text]
        #expect(
            try desk.reason(.members, "id,attr.wallet", "lin,未知")
                == "attr.wallet is not an amount in yuan such as 1299.00")
        #expect(
            try desk.reason(.members, "id,attr.due", "lin,13800000001") == "attr.due is not a date such as 2026-03-08")
        #expect(Rejection.notOfType(attribute: "due", .date).sentence(in: .chinese) == "attr.due 不是日期，应写作 2026-03-08")
        #expect(try desk.rows("SELECT * FROM members").isEmpty)
        // An empty cell keeps the attribute, unless it is to clear it; so does a word for nothing in place of a date.
        #expect(try desk.reason(.members, "id,attr.wallet,attr.note,attr.due", "lin,200,a,2026-03-10") == nil)
        #expect(try desk.reason(.members, "id,attr.wallet,attr.note,attr.due", "lin,,,未填写") == nil)
        #expect(try desk.rows("SELECT * FROM member_attributes").count == 3)
        desk.options.blanks = .clear
        #expect(try desk.reason(.members, "id,attr.wallet,attr.note,attr.due", "lin,,,-") == nil)
        #expect(try desk.rows("SELECT * FROM member_attributes").isEmpty)
    }

    @Test("a fixture with such a value has a finding, in both languages")
    func fixtures() throws {
        let fields = [
            CustomField(id: "member.attr.shoe", type: .number, description: "", canBeMissing: true, sqliteSQL: nil)
        ]
        let file = YAMLReader.read(
            bytes: Array("version: 1\nmembers:\n  lin: {attr: {shoe: 未知}}\n".utf8), path: "rules/fixtures/f.yaml")
        let found = FixtureReader.read(files: [file], knownCustomFields: fields).1.filter { $0.severity == .error }
        #expect(found.map(\.code) == ["T006"] && found[0].severity == .error)
        #expect(found[0].message == "`未知` is not a number, which `member.attr.shoe` is")
        #expect(found[0].help == ["write a number such as 38 or 38.5"])
    }

    @Test("a number prints without a trailing .0, wherever it comes from")
    func printed() throws {
        let rule = """
              - {id: r, name: n, status: live, owner: crm, purpose: service, when: {event: {name: ping}},
                 if: {trigger.data.amount: {at_least: 1000}}, do: [{add_tag: x}]}
            """
        let desk = try IntakeDesk()
        try desk.addMembers("lin")
        _ = try desk.run(
            .events,
            #"{"id":"e","member_id":"lin","name":"ping","at":"2026-03-01 10:00","data":{"amount":899.0}}"# + "\n",
            name: "e.ndjson")
        let world = try World(settings: "version: 1\nservice_owners: [crm]", rules: rule, members: "  a: {}")
        let simulation = Simulation(
            store: desk.store, prepared: try PreparedRules(world.planned(), rulesVersion: 0, in: desk.store),
            from: try world.instant("2026-03-01"), until: try world.instant("2026-03-02"))
        #expect(
            try simulation.run().map(World.short) == [
                #"2026-03-01 10:00 r lin skipped {"condition":"trigger.data.amount","actual":899}"#
            ])
    }
}
