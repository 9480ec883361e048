import Foundation
import TestSupport
import Testing

/// The two commands that a newcomer types first.
@Suite("First steps")
struct FirstStepsTests {
    @Test("init writes the shipped rules, byte for byte")
    func shippedRules() throws {
        let scratch = try Scratch()
        #expect(try scratch.run("nudged init shop").status == 0)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: ShippedRules.root.appending(path: "rules").path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(paths.count > 10)
        for path in paths {
            let shipped = try String(contentsOf: ShippedRules.root.appending(path: "rules/\(path)"), encoding: .utf8)
            #expect(try scratch.text("shop/rules/\(path)") == shipped, "\(path) differs: run `make rules`")
        }
    }

    @Test("a new workspace has the schemas that its files name in their first lines")
    func schemas() throws {
        let scratch = try Scratch()
        _ = try scratch.run("nudged init shop")
        let printed = try scratch.run("cd shop && nudged schema").printed
        #expect(printed.count == 10)
        #expect(printed.allSatisfy { $0.hasPrefix("same   .nudged/") }, "\(printed)")
        #expect(try scratch.run("cd shop && nudged schema --reference").printed.first?.hasPrefix("# Reference") == true)
    }

    @Test("a new workspace has no findings, in either language", arguments: ["en", "zh-CN"])
    func noFindings(language: String) throws {
        let scratch = try Scratch()
        _ = try scratch.run("nudged init shop --lang \(language)")
        #expect(try scratch.run("cd shop && nudged check . --deny warnings").printed == ["no findings in 28 files."])
        #expect(try scratch.run("cd shop && nudged check --config nudged.yaml --deny warnings").status == 0)
    }

    @Test("init overwrites nothing, and writes nothing where one file is in the way")
    func refusal() throws {
        let scratch = try Scratch()
        _ = try scratch.run("mkdir -p shop/rules && echo mine > shop/rules/settings.yaml")
        let run = try scratch.run("nudged init shop")
        #expect(run.status == 2)
        #expect(run.printed.dropFirst().first == "  shop/rules/settings.yaml")
        #expect(try scratch.text("shop/rules/settings.yaml") == "mine\n")
        #expect(try scratch.run("find shop -type f").printed == ["shop/rules/settings.yaml"])
    }

    @Test("the demo shows every rule reaching someone and passing over others, and no phone number in full")
    func demo() throws {
        let run = try Scratch().run("nudged demo")
        #expect(run.status == 0)
        let sections = run.printed.split(separator: "").map(Array.init)
        for rule in [
            "birthday-gift", "cart-abandoned-24h", "post-purchase-thanks", "points-expiring-7d", "vip-inactive-90d",
            "coupon-expires-tomorrow",
        ] {
            let section = sections.first { $0[0].hasPrefix("\(rule)  ") } ?? []
            #expect(section.contains { $0.contains("  sent  ") || $0.hasSuffix("  task_created") }, "\(rule)")
            #expect(section.contains { $0.contains("  skipped  ") || $0.contains("  suppressed  ") }, "\(rule)")
        }
        #expect(!run.printed.contains { $0.contains(/1[3-9][0-9]{9}/) })
    }

    @Test("a seed is a shop: the same twice, another for another")
    func seeds() throws {
        let scratch = try Scratch()
        let command = "nudged demo --members 300 --days 2 --seed"
        #expect(try scratch.run("\(command) 3").printed == scratch.run("\(command) 3").printed)
        #expect(try scratch.run("\(command) 3").printed != scratch.run("\(command) 4").printed)
    }
}
