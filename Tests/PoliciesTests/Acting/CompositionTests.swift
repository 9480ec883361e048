import Policies
import Kit
import Rules
import Testing

@Suite("Composition")
struct CompositionTests {
    private static let catalogue: [Field] = [
        .init(name: "member.display_name", source: .member, type: .text, canBeMissing: true),
        .init(name: "member.phone", source: .member, type: .text, canBeMissing: true),
        .init(name: "member.email", source: .member, type: .text, canBeMissing: true),
        .init(name: "member.birthday", source: .member, type: .date, canBeMissing: true),
        .init(name: "order.total", source: .order, type: .money, canBeMissing: false),
        .init(name: "order.items", source: .order, type: .list, canBeMissing: true),
        .init(name: "cart.items", source: .cart, type: .list, canBeMissing: true),
        .init(name: "member.tags", source: .member, type: .list, canBeMissing: false),
        .init(name: "order.categories", source: .order, type: .list, canBeMissing: false),
        .init(name: "trigger.data.count", source: .trigger, type: .number, canBeMissing: true),
        .init(name: "gift.code", source: .saved("gift"), type: .text, canBeMissing: true),
        .init(name: "gift.valid_until", source: .saved("gift"), type: .date, canBeMissing: true),
        .init(name: "gift.face_value", source: .saved("gift"), type: .money, canBeMissing: true),
        .init(name: "coupons", source: .saved("coupons"), type: .list, canBeMissing: true),
        .init(name: "coupons.count", source: .saved("coupons"), type: .number, canBeMissing: false),
        .init(name: "coupons.first.face_value", source: .saved("coupons"), type: .money, canBeMissing: true),
        .init(name: "picks", source: .saved("picks"), type: .list, canBeMissing: true),
    ]

    /// A message with its parts as written, and what is known when it is composed.
    private struct Draft {
        var text: String
        var subject: String?
        var html: String?
        /// The provider's template.
        var code: String?
        /// Placeholder and field, in file order; a placeholder has the type of its field.
        var fill: KeyValuePairs<String, String>
        var values: [String: Value] = [:]
        var saved: [String: SavedValue] = [:]
        var isGeneric = false
        var isSMS = true

        func compose() throws -> Composition.Result {
            let fields = try fill.map { name, field in
                Send.Fill(placeholder: name, field: try #require(catalogue.first { $0.name == field }))
            }
            let placeholders = fields.map { Placeholder(name: $0.placeholder, type: $0.field.type) }
            func compiled(_ text: String) throws -> CompiledTemplate {
                let (template, problems) = CompiledTemplate.compile(text, placeholders: placeholders)
                return try #require(template, "\(problems)")
            }
            let template = MessageTemplate(
                id: "t", channel: "sms", code: code, text: try compiled(text), subject: try subject.map(compiled),
                html: try html.map(compiled), placeholders: placeholders, wording: text, isSMS: isSMS)
            var slots = Slots()
            for field in fields.map(\.field) {
                let isItems = field.path == "items"
                let row = field.name.prefix { $0 != "." }
                _ = slots.add(
                    isItems
                        ? Field(
                            name: "\(row).\(ItemRecords.path)", source: field.source, type: .list, canBeMissing: true)
                        : field)
            }
            let readings = FieldValues(
                values: slots.fields.map { values[$0.name] }, counts: [], now: .distantPast, zone: .utc)
            let facts = Facts(
                readings: readings, channels: [:], preferredChannel: nil, personalisation: nil, ownActs: [],
                marketingSends: [], forcedVariants: [:])
            return Composition(
                fill: fields, template: template, slots: slots, facts: facts, saved: saved, isGeneric: isGeneric
            ).compose()
        }

        /// The text, or `missing: NAME`.
        func line() throws -> String {
            switch try compose() {
            case .text(let text): text.text
            case .missing(let name): "missing: \(name)"
            }
        }

        func composed() throws -> Composition.Text {
            guard case .text(let text) = try compose() else { throw Incomplete(draft: self.text) }
            return text
        }
    }

    private struct Incomplete: Error { var draft: String }

    private static let gift = SavedValue.coupon(
        code: "K7", validUntil: LocalDate(2026, 3, 17), faceValue: 3000, template: "BDAY")
    private static let picks = SavedValue.picks([["name": .text("tea")], ["name": .text("pot")]])

    @Test(
        "a value that is missing stops the message unless the template has a default or asks for it",
        arguments: [
            ("hi {{ name }}", "Lin", "hi Lin"), ("hi {{ name }}", nil, "missing: name"),
            ("hi {{ name | upcase }}", nil, "missing: name"), ("hi {{ name | default: 'you' }}", nil, "hi you"),
            ("hi {{ name | default: 'you' }}", "Lin", "hi Lin"), ("hi{% if name %} {{ name }}{% endif %}", nil, "hi"),
            ("hi{% if name %} {{ name }}{% endif %}", "Lin", "hi Lin"), ("hi", nil, "hi"),
            // What a person is called is printed and never read as a template.
            ("hi {{ name }}", "{{ name }}", "hi {{ name }}"),
        ] as [(String, String?, String)])
    func missing(text: String, name: String?, expected: String) throws {
        var draft = Draft(text: text, fill: ["name": "member.display_name"])
        draft.values["member.display_name"] = name.map { .text($0) }
        #expect(try draft.line() == expected)
    }

    @Test(
        "a list that is never missing is empty where it has no items, and its first item is missing",
        arguments: [
            ("{{ l | size }}", "0"), ("{{ l.size }}", "0"), ("[{{ l | join: ',' }}]", "[]"), ("[{{ l }}]", "[]"),
            ("{% for x in l %}{{ x }}{% endfor %}.", "."), ("{% if l == empty %}none{% endif %}", "none"),
            ("{{ l | default: 'none' }}", "none"), ("{{ l | first }}", "missing: l"),
            ("{{ l | first | default: '-' }}", "-"), ("{{ l.first }}", "missing: l"),
        ])
    func emptyList(text: String, expected: String) throws {
        for field in ["member.tags", "order.categories"] {
            #expect(try Draft(text: text, fill: ["l": field]).line() == expected, "\(field)")
        }
        // One that can be missing is missing, and so is what `generic` takes away.
        #expect(try Draft(text: "{{ l | size }}", fill: ["l": "cart.items"]).line() == "missing: l")
        let generic = Draft(text: "{{ l | size }}", fill: ["l": "member.tags"], isGeneric: true)
        #expect(try generic.line() == "missing: l")
    }

    @Test(
        "a value that is missing in any part stops the message, and the text is asked first",
        arguments: [
            ("a", nil, nil, "a"), ("a", "{{ x }}", nil, "missing: x"), ("a", nil, "{{ y }}", "missing: y"),
            ("{{ z }}", "{{ x }}", "{{ y }}", "missing: z"), ("a", "{{ x }}", "{{ y }}", "missing: x"),
        ] as [(String, String?, String?, String)])
    func parts(text: String, subject: String?, html: String?, expected: String) throws {
        let draft = Draft(
            text: text, subject: subject, html: html,
            fill: ["x": "member.display_name", "y": "member.phone", "z": "member.email"])
        #expect(try draft.line() == expected)
    }

    @Test("only the HTML part is escaped, and a part that is not written is not there")
    func escaping() throws {
        var draft = Draft(
            text: "{{ n }}", subject: "{{ n }}!", html: "<b>{{ n }}</b>", fill: ["n": "member.display_name"],
            values: ["member.display_name": .text("<Lin & Co>")])
        var text = try draft.composed()
        #expect(text.text == "<Lin & Co>" && text.subject == "<Lin & Co>!")
        #expect(text.html == "<b>&lt;Lin &amp; Co&gt;</b>")
        (draft.subject, draft.html) = (nil, nil)
        text = try draft.composed()
        #expect(text.subject == nil && text.html == nil)
    }

    @Test(
        "generic personalisation takes away what is the member's own or recommended, and leaves the rest",
        arguments: [
            ("member.display_name", false), ("member.phone", false), ("picks", false), ("gift.code", true),
            ("gift.face_value", true), ("coupons.count", true), ("order.total", true), ("trigger.data.count", true),
        ])
    func generic(field: String, stays: Bool) throws {
        var draft = Draft(
            text: "{% if v %}there{% else %}gone{% endif %}", fill: ["v": field],
            values: [
                "member.display_name": .text("Lin"), "member.phone": .text("13800000001"), "order.total": .money(4990),
                "trigger.data.count": .number(2),
            ],
            saved: [
                "gift": CompositionTests.gift, "picks": CompositionTests.picks, "coupons": .records([], count: 2),
            ])
        #expect(try draft.line() == "there")
        draft.isGeneric = true
        #expect(try draft.line() == (stays ? "there" : "gone"))
        let isNull = try draft.composed().values == [.init("v", .null)]
        #expect(isNull == !stays)
    }

    @Test("a birthday without a year is no date that could be printed")
    func yearlessBirthday() throws {
        var draft = Draft(
            text: "{{ d | date: '%m-%d' }}", fill: ["d": "member.birthday"],
            values: ["member.birthday": .date(try #require(LocalDate(1990, 3, 10)))])
        #expect(try draft.line() == "03-10")
        draft.values["member.birthday"] = .text("--03-10")
        #expect(try draft.line() == "missing: d")
    }

    @Test("what steps saved is read by its path, and a coupon without a code has none")
    func saved() throws {
        var draft = Draft(
            text: "{{ code | default: '-' }} {{ until | date: '%m-%d' }} {{ value | money }}",
            fill: ["code": "gift.code", "until": "gift.valid_until", "value": "gift.face_value"],
            saved: ["gift": CompositionTests.gift])
        #expect(try draft.line() == "K7 03-17 30")
        draft.saved["gift"] = .coupon(code: nil, validUntil: LocalDate(2026, 3, 17), faceValue: 3000, template: "BDAY")
        #expect(try draft.line() == "- 03-17 30")
        draft.saved = [:]
        #expect(try draft.line() == "missing: until")
    }

    @Test("combined coupons are counted as a whole, listed as kept, and missing when there are none")
    func combined() throws {
        var draft = Draft(
            text: "{{ n }}: {{ best | money }}{% for c in all %} {{ c.code }}{% endfor %}",
            fill: ["n": "coupons.count", "best": "coupons.first.face_value", "all": "coupons"],
            saved: [
                "coupons": .records(
                    [["code": .text("A"), "face_value": .money(5000)], ["code": .text("B")]], count: 3)
            ])
        #expect(try draft.line() == "3: 50 A B")
        draft.saved["coupons"] = .records([], count: 0)
        #expect(try draft.line() == "missing: best")
    }

    @Test(
        "the lines of an order or a cart are records for the template and names for people",
        arguments: ["order", "cart"])
    func items(row: String) throws {
        let draft = Draft(
            text: "{% for x in l %}{{ x.name | default: x.sku }} {{ x.quantity }}×{{ x.price | money }};{% endfor %}",
            fill: ["l": "\(row).items"],
            values: ["\(row).items.cells": .list(["S1", "tea", "food", "2", "1990", "S2", "", "", "1", "500"])])
        #expect(try draft.line() == "tea 2×19.90;S2 1×5;")
        #expect(try draft.composed().values == [.init("l", .list([.text("tea"), .null]))])
    }

    @Test("what was filled in is listed in file order with its type, and an address only masked")
    func printed() throws {
        let draft = Draft(
            text: "hi",
            fill: [
                "z": "order.total", "name": "member.display_name", "phone": "member.phone", "mail": "member.email",
                "count": "trigger.data.count", "code": "gift.code",
            ],
            values: [
                "order.total": .money(19900), "member.phone": .text("13800000001"),
                "member.email": .text("lin@example.com"), "trigger.data.count": .number(2),
            ],
            saved: ["gift": CompositionTests.gift])
        let values = try draft.composed().values
        #expect(values.map(\.key) == ["z", "name", "phone", "mail", "count", "code"])
        #expect(values[0].value == .text("199.00") && values[1].value == .null && values[4].value == .number(2))
        #expect(values[2].value == .text("138****0001") && values[5].value == .text("K7"))
        #expect(values[3].value != .text("lin@example.com"))
    }

    @Test("the message itself has the whole value")
    func unmasked() throws {
        let draft = Draft(
            text: "{{ p }}", fill: ["p": "member.phone"], values: ["member.phone": .text("13800000001")])
        #expect(try draft.line() == "13800000001")
    }

    @Test("a provider that holds the text gets each value as the text prints it, in the order of the placeholders")
    func providerValues() throws {
        var draft = Draft(
            text: "{{ total | money }} yuan, {{ name | default: 'friend' }}", code: "SMS_1",
            fill: ["name": "member.display_name", "total": "order.total", "count": "trigger.data.count"],
            values: ["order.total": .money(4990), "trigger.data.count": .number(2)])
        let text = try draft.composed()
        #expect(text.text == "49.90 yuan, friend")
        #expect(text.providerValues.map(\.name) == ["name", "total", "count"])
        // The text never prints the last one, which goes out plainly.
        #expect(text.providerValues.map(\.value) == ["friend", "49.90", "2"])
        draft.code = nil
        #expect(try draft.composed().providerValues.isEmpty)
    }

    @Test("a provider is sent no value that is missing, though our own text does without it")
    func missingProviderValue() throws {
        var draft = Draft(
            text: "hi{% if name %} {{ name }}{% endif %}", code: "SMS_1", fill: ["name": "member.display_name"])
        #expect(try draft.line() == "missing: name")
        draft.code = nil
        #expect(try draft.line() == "hi")
    }

    @Test(
        "88: an SMS has no brackets but those of its template, and the provider's own template no emoji; others keep both"
    )
    func hostileName() throws {
        var draft = Draft(
            text: "【星河】{{ name | default: '您好' }}：{{ picks | join: '、' }}", code: "SMS_1",
            fill: ["name": "member.display_name", "picks": "picks"],
            values: ["member.display_name": .text("【银行】\u{202E}林😀\n")],
            saved: ["picks": .picks([["name": .text("【新品】壶")]])])
        #expect(try draft.line() == "【星河】（银行）林😀 ：（新品）壶")
        #expect(try draft.composed().providerValues.map(\.value) == ["（银行）林 ", "（新品）壶"])
        // What the store has is what reports and rules see.
        #expect(try draft.composed().values.first?.value == .text("【银行】\u{202E}林😀\n"))
        draft.isSMS = false
        #expect(try draft.line() == "【星河】【银行】林😀\n：【新品】壶")
        #expect(try draft.composed().providerValues.map(\.value) == ["【银行】林😀\n", "【新品】壶"])
        draft.values["member.display_name"] = .text("领奖 HTTP://evil.example")
        #expect(try draft.line() == "【星河】您好：【新品】壶")
    }

    @Test("generic personalisation sends a provider the default")
    func genericProviderValue() throws {
        var draft = Draft(
            text: "{{ name | default: 'friend' }}", code: "SMS_1", fill: ["name": "member.display_name"],
            values: ["member.display_name": .text("Lin")])
        #expect(try draft.composed().providerValues.map(\.value) == ["Lin"])
        draft.isGeneric = true
        #expect(try draft.composed().providerValues.map(\.value) == ["friend"])
        #expect(try draft.composed().values == [.init("name", .null)])
    }
}
