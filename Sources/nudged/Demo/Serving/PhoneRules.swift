import Kit
import Rules

/// The rule, its text and the members of `demo --serve`. Nobody in it is real.
enum PhoneRules {
    /// When the daily message leaves, in the shop's zone.
    static let time = LocalTime(minutes: 10 * 60)

    /// - Parameter base: where links begin; the offer that they lead to is a page of the demo.
    static func files(base: String) -> [(path: String, text: String)] {
        let offer = "{{ '\(base)\(PhonePages.offerPath)' | link: today }}"
        let text = String.say(
            "【Xinghe】{{ name | default: 'Dear member' }}, today's offer: \(offer) Reply R to stop, or: {{ unsubscribe_url }} 拒收请回复R",
            "【星河百货】{{ name | default: '您好' }}，今日优惠：\(offer) 退订：{{ unsubscribe_url }} 拒收请回复R")
        return [
            ("settings.yaml", "version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\nblast_guard: off\n"),
            (
                "templates.yaml",
                """
                version: 1
                templates:
                  - {id: sms_daily_offer, channel: sms, text: "\(text)", values: {name: text}}

                """
            ),
            (
                "daily.yaml",
                """
                version: 1
                rules:
                  - id: daily-offer
                    name: 每日优惠
                    status: live
                    owner: crm
                    purpose: marketing
                    when: {schedule: {every: day, at: "10:00"}}
                    do: [{send: {try: [{sms: {template: sms_daily_offer}}], fill: {name: member.display_name}}}]
                    limits: {once_per: schedule}

                """
            ),
        ]
    }

    static var members: [MemberFixture] {
        [String.say("Ms Lin", "林女士"), .say("Mr Zhou", "周先生"), .say("Ms He", "何女士")].enumerated().map { index, name in
            let id = "M\(index + 1)"
            let phone = PhoneNumber.canonical("138\(padded(index + 1, 8))")
            var member = MemberFixture(row: MemberRow(id: id, displayName: name, phone: phone))
            member.consents = [ConsentRow(memberID: id, channel: PhoneShop.channel, state: .granted)]
            return member
        }
    }
}
