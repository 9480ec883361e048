import Foundation
import Testing

@Suite("./nudged.yaml is what a workspace's commands go by, without being named")
struct OwnConfigTests {
    private static let config = """
        version: 1
        lang: zh-CN
        rules_dir: policy
        store: {url: "sqlite:shop.db"}
        channels: {vip-sms: {type: log, address: phone}}
        """

    private static let rules = """
        # yaml-language-server: $schema=../.nudged/rules.v1.schema.json
        version: 1
        rules:
          - id: thanks
            name: Thanks
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: order.paid, after: 1h}}
            if: {member.status: active}
            do: [{send: {try: [{vip-sms: {template: thanks}}]}}]
        """

    private static let templates = """
        # yaml-language-server: $schema=../.nudged/templates.v1.schema.json
        version: 1
        templates: [{id: thanks, channel: vip-sms, text: "【S】thank you。拒收请回复R"}]
        """

    private static let fixtures = """
        # yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json
        version: 1
        members:
          m1:
            phone: "13800000001"
            consent: {vip-sms: granted}
            orders: [{id: o1, paid_at: "2026-03-07 09:00", total: 50}]
        """

    private static let tests = """
        # yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
        version: 1
        rules: [../thanks.yaml]
        fixtures: [../fixtures/members.yaml]
        clock: {start: "2026-03-07 00:00"}
        tests:
          - name: thanks on the own channel
            members: [m1]
            run_until: "2026-03-08 00:00"
            expect: [{at: "2026-03-07 10:00", rule: thanks, member: m1, outcome: sent, channel: vip-sms}]
        """

    private func workspace() throws -> Scratch {
        let scratch = try Scratch()
        _ = try scratch.run("mkdir -p shop/policy/fixtures shop/policy/tests")
        try scratch.write(OwnConfigTests.config, to: "shop/nudged.yaml")
        try scratch.write(OwnConfigTests.rules, to: "shop/policy/thanks.yaml")
        try scratch.write(OwnConfigTests.templates, to: "shop/policy/templates.yaml")
        try scratch.write(OwnConfigTests.fixtures, to: "shop/policy/fixtures/members.yaml")
        try scratch.write(OwnConfigTests.tests, to: "shop/policy/tests/thanks.test.yaml")
        try scratch.write("id,display_name\nm1,林小姐\n", to: "shop/members.csv")
        _ = try scratch.run("cd shop && nudged fmt")
        return scratch
    }

    @Test(
        "channels, rules directory and language come from it",
        arguments: [
            ("check", "没有发现问题"), ("check policy", "没有发现问题"), ("test", "1"), ("fmt --check", ""),
            ("dry-run --fixtures policy/fixtures/members.yaml --at 2026-03-07", "vip-sms"),
            ("import members members.csv", "导入"),
        ])
    func everyCommand(command: String, words: String) throws {
        let run = try workspace().run("cd shop && nudged \(command)")
        #expect(run.status == 0, "\(run.printed)")
        #expect(words.isEmpty || run.printed.contains { $0.contains(words) }, "\(run.printed)")
    }

    @Test(
        "a file that is checked alone, in the rules directory or with its folder, knows what the others declare",
        arguments: [
            ("policy/thanks.yaml", "policy/templates.yaml", "policy/wording.yaml", 0, ""),
            ("policy/thanks.yaml", "policy/templates.yaml", "policy/texts/wording.yaml", 0, ""),
            ("./policy/thanks.yaml", "policy/templates.yaml", "policy/wording.yaml", 0, ""),
            ("policy/mine", "policy/thanks.yaml", "policy/mine/thanks.yaml", 0, ""),
            ("drafts/thanks.yaml", "policy", "drafts", 0, ""),
            ("policy/thanks.yaml", "policy/templates.yaml", "elsewhere.yaml", 1, "R221"),
        ])
    func namesOfOthers(checked: String, from: String, to: String, status: Int, words: String) throws {
        let scratch = try workspace()
        let folder = to.split(separator: "/").dropLast().joined(separator: "/")
        _ = try scratch.run("cd shop && mkdir -p ./\(folder) && mv \(from) \(to)")
        let run = try scratch.run("cd shop && nudged check --deny warnings --format short \(checked)")
        #expect(run.status == Int32(status), "\(run.printed)")
        #expect(words.isEmpty || run.printed.contains { $0.contains(words) }, "\(run.printed)")
    }

    @Test("a file that is checked alone is asked for the rules that events name, and not for what is wrong in others")
    func rulesOfOthers() throws {
        let scratch = try workspace()
        let event = "message.sent, where: {rule: NAMED}, after: 7d"
        let other = OwnConfigTests.rules.replacing("id: thanks", with: "id: later").replacing(
            "order.paid, after: 1h", with: event)
        try scratch.write(other.replacing("NAMED", with: "thanks"), to: "shop/policy/later.yaml")
        _ = try scratch.run("cd shop && sed -i 's/status: live/status: lively/' policy/thanks.yaml")
        let good = try scratch.run("cd shop && nudged check --format short policy/later.yaml")
        #expect(good.status == 0 && !good.printed.contains { $0.contains("R264") }, "\(good.printed)")
        try scratch.write(other.replacing("NAMED", with: "thansk"), to: "shop/policy/later.yaml")
        let wrong = try scratch.run("cd shop && nudged check --format short policy/later.yaml")
        #expect(wrong.printed.contains { $0.contains("R264") }, "\(wrong.printed)")
        #expect(!wrong.printed.contains { $0.contains("thanks.yaml") }, "\(wrong.printed)")
    }

    @Test("`fmt --fix` mends it as `check` says, without being stopped by what is to be mended")
    func mended() throws {
        let scratch = try workspace()
        _ = try scratch.run("cd shop && sed -i 's/lang: zh-CN/lang：zh-CN/' nudged.yaml")
        #expect(try scratch.run("cd shop && nudged check").status == 1)
        let run = try scratch.run("cd shop && nudged fmt --fix")
        #expect(run.status == 0 && run.printed.contains { $0.hasPrefix("nudged.yaml") }, "\(run.printed)")
        #expect(try scratch.run("cd shop && nudged check").status == 0)
    }

    @Test(
        "a slip in it is one finding, the same with `--config` and without, and nothing is said of what follows from it",
        arguments: [
            ("s/^store:/Store:/", "3:1: error[R101]"), ("s/^store:/stores:/", "3:1: error[R101]"),
            ("s/^store:/存储:/", "3:1: error[R101]"), ("/^store:/d", "1:1: error[R102]"),
            ("s/^channels:.*/channels:/", "4:1: error[R103]"),
            ("s/^channels:.*/channels: vip-sms/", "4:11: error[R103]"),
            ("s/^channels:/channles:/", "4:1: error[R101]"),
            ("s/vip-sms: {/vip-sms：{/", "4:19: error[R010]"),
            ("s/^channels: {\\(.*\\)}/channels:\\n  \\1/; s/vip-sms: {/vip-sms：{/", "5:10: error[R010]"),
            ("$ a log:", "5:1: warning[R103]"), ("$ a alerts: {}", "5:1: warning[R103]"),
        ])
    func slip(edit: String, finding: String) throws {
        let scratch = try workspace()
        _ = try scratch.run("cd shop && sed -i '/^rules_dir/d' nudged.yaml && mv policy rules")
        _ = try scratch.run("cd shop && sed -i '\(edit)' nudged.yaml")
        for command in ["check", "check --config nudged.yaml"] {
            let run = try scratch.run("cd shop && nudged \(command) --lang en --format short")
            let found = run.printed.filter { !$0.contains("[R002]") && !$0.isEmpty }
            #expect(found.count == 1 && found[0].hasPrefix("nudged.yaml:\(finding)"), "\(command): \(run.printed)")
        }
    }

    @Test("`fmt --fix` leaves it what it is, whatever its `store` is called")
    func staysItself() throws {
        let scratch = try workspace()
        _ = try scratch.run("cd shop && sed -i '/^rules_dir/d; s/^store:/Store:/' nudged.yaml && mv policy rules")
        #expect(try scratch.run("cd shop && nudged fmt --fix").status == 0)
        let lines = try scratch.run("cat shop/nudged.yaml").printed
        #expect(lines.first == "# yaml-language-server: $schema=.nudged/nudged.v1.schema.json", "\(lines)")
        #expect(lines.contains { $0.hasPrefix("store:") }, "\(lines)")
    }

    @Test("an error in it is a finding of `check`, which reads the rules all the same")
    func brokenConfig() throws {
        let scratch = try workspace()
        _ = try scratch.run(
            "cd shop && sed -i 's/vip-sms: {type: log/vip-sms: {type: lgo/; s/status: live/status: lively/' nudged.yaml policy/thanks.yaml"
        )
        let run = try scratch.run("cd shop && nudged check --format short")
        #expect(run.status == 1)
        #expect(
            run.printed.contains { $0.hasPrefix("nudged.yaml:") }
                && run.printed.contains { $0.hasPrefix("policy/thanks.yaml:") })
    }
}
