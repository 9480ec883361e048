import Rules
import TestSupport
import Testing

@testable import Store

/// A rule with very many of one thing.
struct Crowded: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The lines of the rule below `purpose`, for so many.
    let lines: @Sendable (Int) -> String

    static let sizes = [3, 100, 1200]

    static func names(_ count: Int, _ stem: String = "e") -> String {
        (1...count).map { "\(stem)\($0)" }.joined(separator: ", ")
    }
    static func items(_ count: Int, _ item: (Int) -> String) -> String {
        "[" + (1...count).map(item).joined(separator: ", ") + "]"
    }
    static let tag = "do: [{add_tag: a}]"
    static let paid = "when: {event: {name: order.paid}}\n"
    static let yearly = "when: {birthday: {at: \"10:00\"}}\n"

    private static func ifs(_ name: String, _ condition: @escaping @Sendable (Int) -> String) -> Crowded {
        Crowded(testDescription: name) { "\(yearly)if: \(condition($0))\n\(tag)" }
    }

    static let all: [Crowded] = [
        ifs("branches under any") { "{any: \(items($0) { "{member.age: \($0)}" })}" },
        ifs("branches under all") { "{all: \(items($0) { "{member.city: {is_not: c\($0)}}" })}" },
        ifs("branches under none") { "{none: \(items($0) { "{member.tags: {includes: t\($0)}}" })}" },
        ifs("values of a text") { "{member.city: [\(names($0))]}" },
        ifs("values that it is not") { "{member.city: {none_of: [\(names($0))]}}" },
        ifs("tags of which one") { "{member.tags: {includes_any: [\(names($0))]}}" },
        ifs("tags of which none") { "{none: [{member.tags: {includes_any: [\(names($0))]}}]}" },
        ifs("numbers") { "{member.age: \(items($0) { "\($0)" })}" },
        ifs("counts of events") { "{history: \(items($0) { "{event: e\($0), times: 0}" })}" },
        ifs("keys of a count") {
            "{history: [{event: x, times: 0, where: {\((1...$0).map { "k\($0): 1" }.joined(separator: ", "))}}]}"
        },
        ifs("anys within anys") { count in
            var nested = "{member.age: 1}"
            for level in 1...min(count, 12) {
                nested = "{any: [\((1...20).map { "{member.age: \($0 + level)}" }.joined(separator: ", ")), \(nested)]}"
            }
            return nested
        },
        ifs("long anys within anys") { count in
            var nested = "{member.age: 1}"
            for level in 1...3 {
                let size = max(2, min(count, 300))
                nested =
                    "{any: [\((1...size).map { "{member.age: \($0 + level)}" }.joined(separator: ", ")), \(nested)]}"
            }
            return nested
        },
        Crowded(testDescription: "values of where") {
            "when: {event: {name: order.paid, where: {store: [\(names($0))]}}}\n\(tag)"
        },
        Crowded(testDescription: "keys of where") {
            "when: {event: {name: x, where: {\((1...$0).map { "k\($0): 1" }.joined(separator: ", "))}}}\n\(tag)"
        },
        Crowded(testDescription: "unless") { "\(paid)unless: [\(names($0))]\n\(tag)" },
        Crowded(testDescription: "activity") {
            "when: {inactive: {for: 1d, activity: [\(names($0 - 1)), order.paid]}}\nexisting_members: all\n\(tag)"
        },
        Crowded(testDescription: "steps") { "\(paid)do: \(items($0) { "{add_tag: t\($0)}" })" },
        Crowded(testDescription: "branches of choose") { count in
            let branches = items(count) { "{if: {member.age: \($0)}, do: [{add_tag: t\($0)}]}" }
            return "\(paid)do: [{choose: \(branches), otherwise: [{add_tag: z}]}]"
        },
        Crowded(testDescription: "variants") { count in
            let share = 10_000 / count
            if share < 1 { return "\(paid)\(tag)" }
            let last = 10_000 - share * (count - 1)
            let variants = (1...count).map { index in
                let points = index == count ? last : share
                return "v\(index): {share: \(Double(points) / 100)%, do: [{add_tag: t}]}"
            }
            return "\(paid)experiment: {key: k, variants: {\(variants.joined(separator: ", "))}}"
        },
        Crowded(testDescription: "segments of the audience") { "\(paid)audience: {in: [\(names($0, "s"))]}\n\(tag)" },
    ]
}

@Suite("A rule with very many of one thing")
struct ManyOfEverythingTests {
    private static func rule(_ lines: String) -> String {
        "  - id: r\n    status: live\n    owner: crm-team\n    purpose: marketing\n"
            + lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    private static let members = """
          lin: {phone: "13800000001", birthday: "1990-03-07", tier: gold, city: e1, tags: [a], consent: {sms: granted},
            orders: [{id: o1, paid_at: "2026-03-05 09:00", total: 5}], events: [{name: x, at: "2026-03-06 10:00", data: {k1: 1}}]}
        """

    @Test("runs where check accepts it, at every size", arguments: Crowded.all)
    func runs(_ crowded: Crowded) throws {
        var ran = 0
        for size in Crowded.sizes {
            let segments =
                "version: 1\nsegments: "
                + Crowded.items(min(size, 3000)) { "{id: s\($0), if: {member.age: {at_least: \($0 % 50)}}}" }
            let files = World.files(
                settings: "version: 1", rules: Self.rule(crowded.lines(size)), more: ["segments.yaml": segments])
            let reading = RuleSetReader.read(files: files)
            let errors = reading.diagnostics.filter { $0.severity == .error }
            guard let set = reading.ruleSet else {
                // Refused aloud: by a limit of the engine, or of a file.
                #expect(
                    errors.allSatisfy { ["R401", "R019", "R104", "R222", "R250"].contains($0.code) },
                    "\(errors.map(\.short))")
                continue
            }
            let world = World(
                set: set,
                fixtures: try World(rules: Self.rule("\(Crowded.paid)\(Crowded.tag)"), members: Self.members).fixtures)
            let store = try world.store()
            let prepared = try store.goLive(
                world.planned(), files: "{}", hash: "h\(size)", at: try world.instant("2026-03-05 08:00"))
            for time in ["2026-03-05 09:01", "2026-03-06 10:30", "2026-03-07 10:00", "2026-03-08 12:00"] {
                let report = try store.tick(prepared, at: try world.instant(time))
                #expect(report.rules.allSatisfy { $0.fault == nil }, "\(crowded.testDescription) × \(size)")
            }
            _ = try world.dryRun(at: "2026-03-07 00:00", until: "2026-03-08 00:00")
            ran += 1
        }
        #expect(ran >= 2, "three and a hundred of everything run")
    }
}
