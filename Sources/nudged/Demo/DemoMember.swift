import Kit
import Rules

/// One invented member: profile and consents. The history is in `DemoMember+history.swift`.
struct DemoMember {
    let number: Int
    let shop: DemoShop
    var random: DemoRandom
    var member: MemberFixture

    init(number: Int, shop: DemoShop) {
        self.number = number
        self.shop = shop
        random = DemoRandom(seed: shop.seed, stream: number)
        member = MemberFixture(row: MemberRow(id: "M\(padded(number, 5))"))
    }

    func invented() -> MemberFixture {
        var copy = self
        copy.describe()
        copy.consent()
        copy.addHistory()
        return copy.member
    }

    private mutating func describe() {
        let isFemale = random.happens(0.64)
        member.row.gender = isFemale ? .female : .male
        if random.happens(0.96) {
            member.row.displayName = random.pickSkewed(DemoMember.surnames) + (isFemale ? "女士" : "先生")
        }
        if random.happens(0.01) { member.row.status = .closed }
        if random.happens(0.01) { member.row.personalisation = .generic }
        member.row.birthday = birthday()
        // A growing shop: more of its members are recent.
        member.row.registeredAt = shop.start.adding(days: -1095 * (1 - max(random.share(), random.share())))
        if random.happens(0.97) { member.row.phone = PhoneNumber.canonical("138\(padded(number, 8))") }
        if random.happens(0.70) { member.row.wechatOpenID = "oDemo\(padded(number, 8))" }
        if random.happens(0.40) { member.row.email = "m\(number)@example.com" }
        member.row.storeID = random.pickSkewed(DemoShop.branches).id
    }

    /// A birthday is known for 62 %; some tills write 1 January for everybody; one in eight is lunar.
    private mutating func birthday() -> RecurringDate? {
        let year = 1955 + Int(random.share() * 50)
        if random.happens(0.03) { return RecurringDate(year: year, month: 1, day: 1) }
        guard random.happens(0.59) else { return nil }
        if random.happens(0.12) {
            return RecurringDate(
                calendar: .lunar, month: 1 + Int(random.share() * 12), day: 1 + Int(random.share() * 30))
        }
        // A leap year, so that 29 February is one of its days.
        guard let first = LocalDate(2000, 1, 1) else { return nil }
        let (_, month, day) = first.adding(days: Int(random.share() * 366)).civil
        return RecurringDate(year: month == 2 && day == 29 ? nil : year, month: month, day: day)
    }

    private mutating func consent() {
        for (channel, share) in [("sms", 0.78), ("wechat", 0.55), ("email", 0.35), ("push", 0.40)] {
            guard random.happens(share) else { continue }
            member.consents.append(ConsentRow(memberID: member.row.id, channel: channel, state: .granted))
        }
        if random.happens(0.02) {
            member.consents.append(
                ConsentRow(memberID: member.row.id, channel: "sms", purpose: .service, state: .withdrawn))
        }
    }

    private static let surnames = [
        "李", "王", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗",
    ]
}

extension Instant {
    func adding(days: Double) -> Instant { adding(micros: Int64(days * 86_400_000_000)) }
    func adding(minutes: Double) -> Instant { adding(micros: Int64(minutes * 60_000_000)) }
}
