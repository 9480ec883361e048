import TestSupport
import Testing

/// `date`: what comes once, counted from a date that the member has.
@Suite("Trigger on a date that comes once")
struct DateTriggerTests {
    private static let fields = """
        version: 1
        fields: [{id: member.attr.due, type: date, description: 预产期, can_be_missing: true}]
        """

    private func lines(_ when: String, _ members: String, at: String = "2026-01-01", until: String = "2027-01-01")
        throws
        -> [String]
    {
        let rule =
            "  - {id: r, status: live, owner: crm, purpose: service, when: {date: {\(when)}}, do: [{add_tag: seen}]}"
        return try World(
            settings: "version: 1\nservice_owners: [crm]", rules: rule, members: members,
            more: ["fields.yaml": DateTriggerTests.fields]
        ).decisions(at: at, until: until).map {
            "\($0.zone.rfc3339($0.at).prefix(16)) \($0.member) \($0.occasion) \($0.outcome.rawValue)"
        }
    }

    private static let dates = """
          lin: {dates: [{name: due_date, date: "2026-06-10"}]}
          wu: {dates: [{name: due_date, date: "--06-10"}]}
          zhao: {dates: [{name: due_date, date: "2025-06-10"}]}
          bo: {dates: [{name: due_date, date: "2026-04-25", calendar: lunar}]}
          other: {dates: [{name: wedding, date: "2026-06-10"}]}
        """

    @Test(
        "it is due once, for the very date and not for its return; a lunar date is converted once",
        arguments: [
            (
                #"of: due_date, days_before: 28, at: "09:00""#,
                [
                    "2026-05-13T09:00 bo date:due_date:2026-06-10 done",
                    "2026-05-13T09:00 lin date:due_date:2026-06-10 done",
                ]
            ),
            (
                "of: due_date",
                [
                    "2026-06-10T10:00 bo date:due_date:2026-06-10 done",
                    "2026-06-10T10:00 lin date:due_date:2026-06-10 done",
                ]
            ),
            (
                "of: due_date, days_after: 100",
                [
                    "2026-09-18T10:00 bo date:due_date:2026-06-10 done",
                    "2026-09-18T10:00 lin date:due_date:2026-06-10 done",
                ]
            ),
        ])
    func recorded(when: String, expected: [String]) throws {
        #expect(try lines(when, DateTriggerTests.dates) == expected)
    }

    @Test("a custom attribute of type date counts as well, and stands so in the occasion")
    func attribute() throws {
        let members = "  lin: {attr: {due: 2026-06-10}}\n  wu: {attr: {due: 2027-06-10}}\n  zhao: {}"
        #expect(
            try lines("of: member.attr.due, days_before: 28", members)
                == ["2026-05-13T10:00 lin date:member.attr.due:2026-06-10 done"])
    }

    @Test("in each zone it is due on its own clock")
    func zones() throws {
        let members = """
              lin: {timezone: America/New_York, attr: {due: 2026-06-10}}
              wu: {timezone: Pacific/Apia, attr: {due: 2026-06-10}}
            """
        #expect(
            try lines("of: member.attr.due", members) == [
                "2026-06-10T10:00 wu date:member.attr.due:2026-06-10 done",
                "2026-06-10T10:00 lin date:member.attr.due:2026-06-10 done",
            ])
    }

    @Test(
        "days before it passes with the date; days after it never does",
        arguments: [
            ("days_before: 0", ["held", "missed"]), ("days_after: 1", ["held", "sent"]),
        ])
    func passing(side: String, outcomes: [String]) throws {
        let rule = """
              - {id: r, status: live, owner: crm, purpose: marketing, when: {date: {of: due_date, \(side), at: "22:00"}}, if_late: {send_within: 2d},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        let lines = try World(
            rules: rule,
            members:
                #"  lin: {phone: "13800000001", consent: {sms: granted}, dates: [{name: due_date, date: "2026-06-10"}]}"#
        ).decisions(at: "2026-06-01", until: "2026-07-01")
        #expect(lines.map(\.outcome.rawValue) == outcomes)
    }
}
