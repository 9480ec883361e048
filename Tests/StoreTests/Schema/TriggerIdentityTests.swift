import Kit
import Foundation
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

@Suite("Identity of a trigger")
struct TriggerIdentityTests {
    private static let kinds: [(when: String, canonical: String, hash: String)] = [
        (
            #"birthday: {}"#,
            #"birthday: {at: 10:00, calendar: as_recorded, days_before: 0}"#,
            "w1:54ad15dd7df0a3a19a950f5584a91d2051062f88ed5c641a2e516f4e9ccb0499"
        ),
        (
            #"birthday: {days_before: 3, at: "09:30", calendar: lunar}"#,
            #"birthday: {at: 09:30, calendar: lunar, days_before: 3}"#,
            "w1:34d064b493cca1214f5f9e5f88fd1bf8d03843b34e4e01c03aacc323de742f40"
        ),
        (
            #"anniversary: {of: wedding, days_before: 1}"#,
            #"anniversary: {at: 10:00, days_before: 1, of: "wedding"}"#,
            "w1:fb69fe93fa91356749d0b8904cdfb17475990001187f44a3be931fbf073ba688"
        ),
        (
            #"festival: {name: mid_autumn, days_before: 2, at: "10:00"}"#,
            #"festival: {at: 10:00, date: lunar 08-15, days_before: 2, name: "mid_autumn"}"#,
            "w1:722e03c9d3c6d82195ee81925399a18d93b4f7079cff68676784677acc2bdcda"
        ),
        (
            #"schedule: {every: day, at: "10:00"}"#,
            #"schedule: {at: 10:00, every: day}"#,
            "w1:45dfb0e030f6c46c847ef6b3ac6267690bd5bf8f863310949ce82a27ab6a5e47"
        ),
        (
            #"schedule: {every: week, on: monday, at: "10:00"}"#,
            #"schedule: {at: 10:00, every: week on 1}"#,
            "w1:4f39f580efd53403ce407ec1f18f4382502fdfa417dfe2476837e330d4017193"
        ),
        (
            #"schedule: {every: month, on: 20, at: "15:00"}"#,
            #"schedule: {at: 15:00, every: month on 20}"#,
            "w1:b52b1aaa15c5f08cc26eb8d9beb116634742796ff7b4e8918f57c441f55d4dfe"
        ),
        (
            #"schedule: {on: 2026-11-11, at: "10:00"}"#,
            #"schedule: {at: 10:00, every: once on 2026-11-11}"#,
            "w1:3af0f4e8cba59ac311ff202bc1c6b80312266f4a5af5d59fa1c9841865be0af9"
        ),
        (
            #"festival: {name: qingming}"#,
            #"festival: {at: 10:00, date: qingming, days_before: 0, name: "qingming"}"#,
            "w1:4da236f7e4728ec0f26a8f003237cfd5293b1f4bb97ff8053655819b5d2c7a96"
        ),
        (
            #"festival: {name: new_years_eve}"#,
            #"festival: {at: 10:00, date: new_years_eve, days_before: 0, name: "new_years_eve"}"#,
            "w1:cb54b839f0d1dd74df8151f04b784a133f52efd59bdfd83dd116d7aca5a86e3c"
        ),
        (
            #"festival: {name: winter_solstice}"#,
            #"festival: {at: 10:00, date: dongzhi, days_before: 0, name: "winter_solstice"}"#,
            "w1:dd6bd4d6bcc52ea7e0d5e818e64a3ff9786b5edb446f3c97dbe7cf41a79e1e50"
        ),
        (
            #"festival: {name: mothers_day}"#,
            #"festival: {at: 10:00, date: 2. weekday 7 of 05, days_before: 0, name: "mothers_day"}"#,
            "w1:6dd5eca0baeac57e73b9aecdb5173fe49157ccdb3bc11d862755650dbe86a3f4"
        ),
        (
            #"schedule: {every: week, on: [thursday, monday]}"#,
            #"schedule: {at: 10:00, every: week on [1, 4]}"#,
            "w1:123466f8fb78b138e17d4cafb15a082eb0135e07953167f8c4211b99b64265ea"
        ),
        (
            #"schedule: {every: quarter}"#,
            #"schedule: {at: 10:00, every: quarter on 1}"#,
            "w1:38d4635c2502a2b4933f80e7d662135b2ba1890e83724e51c4b44222a1c90397"
        ),
        (
            #"schedule: {every: workday}"#,
            #"schedule: {at: 10:00, every: workday}"#,
            "w1:3130dc838cee6d63dafe9f25a9555e4b3750fa97444df14c000b9335bcaa43b3"
        ),
        (
            #"date: {of: due_date, days_before: 28}"#,
            #"date: {at: 10:00, days_before: 28, of: "due_date"}"#,
            "w1:84c22f72016a1b968df8e008b8a06cc5d3949cddb76629abbc1c1d3d143dd2e5"
        ),
        (
            #"date: {of: due_date}"#,
            #"date: {at: 10:00, days_before: 0, of: "due_date"}"#,
            "w1:8429d1ef4435dad7411589cbe8cd640f3d624581b9ed93952626b7299a6683c6"
        ),
        (
            #"date: {of: born, days_after: 100, at: "09:30"}"#,
            #"date: {at: 09:30, days_after: 100, of: "born"}"#,
            "w1:aad8a2bc17639c6d9389415b6216273e5ba0f6673b1fd9fdc0a6c953d69c3ace"
        ),
        (
            #"coupon_expires: {days_before: 1}"#,
            #"coupon_expires: {at: 10:00, days_before: 1}"#,
            "w1:a817eb3cee18077d7c8baa4c10f4edf6c7f5b41cccb25f8641699acfdcbc6686"
        ),
        (
            #"points_expire: {days_before: 7, at: "10:30"}"#,
            #"points_expire: {at: 10:30, days_before: 7}"#,
            "w1:90b0207c790e55a2cb4d07d6b276ff93b38008af9476a7941b395548cc87081d"
        ),
        (
            #"event: {name: order.paid, after: 1h}"#,
            #"event: {after: 1h, name: "order.paid"}"#,
            "w1:ab9ca372bb2451e409c931aa27596f0d83365bd43180192dfa6f8a7100f5d6b4"
        ),
        (
            #"event: {name: visit, after: 3d, at: "09:00", where: {store: [a, b], total: {at_least: 5}}}"#,
            #"event: {after: 3d, at: 09:00, name: "visit", where: {store: [any_of: ["a", "b"]], total: [at_least: 5]}}"#,
            "w1:48030c38598034124d026bdf223d7bc6dd3588e20415d353e8d68aedf5ef5071"
        ),
        (
            #"first_purchase: {days_after: 3}"#,
            #"first_purchase: {days_after: 3}"#,
            "w1:e426b644313005d1829ecbeff3adee3a124aede769abc48f493d30cf6003445d"
        ),
        (
            #"cart_idle: {for: 24h}"#,
            #"cart_idle: {for: 24h}"#,
            "w1:7ac6d95ae032cff334300993a1ca22d9befd9a401d9673704ea191364a0de307"
        ),
        (
            #"browsed: {at_least: 3, of: category, idle_for: 24h}"#,
            #"browsed: {at_least: 3, idle_for: 24h, of: category}"#,
            "w1:e9e76995911e26ad56d6e9c958ed58bc210d5609c9c82ca4a6cf213e14f9f5bc"
        ),
        (
            #"inactive: {for: 90d, activity: [order.paid, store.visited]}"#,
            #"inactive: {activity: ["order.paid", "store.visited"], for: 90d}"#,
            "w1:f1dec6baaea9e47113b63da008757cd9ed9a8abdada1aade422e43be056da92c"
        ),
    ]

    private func rules(_ when: String, title: String = "t") -> String {
        """
          - id: r
            status: live
            owner: crm-team
            purpose: marketing
            name: \(title)
            when: {\(when)}
            do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
        """
    }

    private func rule(_ when: String) throws -> Rule {
        try World(settings: "version: 1", rules: rules(when), members: "  nobody: {}").planned().plans[0].rule
    }

    @Test("is the hash of its canonical YAML, kind by kind; stores keep it for years", arguments: kinds)
    func pinned(when: String, canonical: String, hash: String) throws {
        let rule = try rule(when)
        #expect(rule.trigger.canonical == canonical)
        #expect(rule.triggerHash == hash)
    }

    @Test("defaults that are written out and another order of keys are no change; another value is")
    func equal() throws {
        let same = [
            ("birthday: {}", "birthday: {at: \"10:00\", days_before: 0, calendar: as_recorded}"),
            ("event: {name: visit, after: 1h}", "event: {after: 1h, name: visit}"),
        ]
        for (a, b) in same { #expect(try rule(a).triggerHash == rule(b).triggerHash, "\(a)") }
        #expect(try rule("cart_idle: {for: 24h}").triggerHash != rule("cart_idle: {for: 23h}").triggerHash)
    }

    /// A store whose rule `r` went live with an older version's hash, and in which `lin` is held.
    private func older(_ store: MemberStore, _ when: String) throws {
        _ = try goLive(store, when, title: "t")
        try store.writer.write { db in
            try db.run(
                "UPDATE live_rules SET trigger_hash = ?, reach_hash = ?",
                [Chance.fingerprint("event(Rules.Trigger…)"), Chance.fingerprint("old")])
            try db.run(
                """
                INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, zone)
                VALUES ('lin', 'r', 'event:1', 'held', 100, 50, 50, 'Asia/Shanghai')
                """)
        }
    }

    private func goLive(_ store: MemberStore, _ when: String, title: String) throws -> Int? {
        let text = rules(when, title: title)
        let planned = try World(settings: "version: 1", rules: text, members: "  nobody: {}").planned()
        let files = try JSONEncoder().encode(["rules.yaml": "version: 1\nrules:\n" + text])
        _ = try store.goLive(
            planned, files: String(decoding: files, as: UTF8.self), hash: Chance.fingerprint(text),
            at: Instant(micros: 10))
        return try store.writer.read { try ($0.value("SELECT COUNT(*) FROM waits") as Int?) }
    }

    @Test("an upgrade alone drops nobody who waits, nor one together with another edit; another trigger does")
    func carriedOver() throws {
        let visit = "event: {name: store.visited, after: 2h}"
        let cases: [(when: String, title: String, waits: Int)] = [
            (visit, "t", 1), (visit, "another", 1), ("event: {after: 2h, name: store.visited}", "another", 1),
            ("event: {name: store.visited, after: 3h}", "t", 0),
        ]
        for after in cases {
            let store = try MemberStore.inMemory()
            try older(store, visit)
            #expect(try goLive(store, after.when, title: after.title) == after.waits, "\(after)")
            let hashes = try store.writer.read { db in
                try
                    (db.values("SELECT trigger_hash FROM live_rules UNION SELECT reach_hash FROM live_rules")
                    as [String])
            }
            #expect(hashes.allSatisfy { $0.hasPrefix("w1:") })
        }
    }
}
