import Kit
import Policies
import Rules
import Testing

@Suite("The blast guard's limit")
struct BlastLimitTests {
    @Test(
        "names the people and what is unusual about them, in both languages",
        arguments: [
            (
                500, 20.0, 9000, false, "500 people at once, more than 20 times the usual 20",
                "一次 500 人，超过平时（20 人）的 20 倍"
            ),
            (500, nil, 9000, true, "500 people at once, and this rule has never run before", "一次 500 人，而这条规则从未运行过"),
            (500, nil, 900, false, "500 people at once, more than 10% of 900 members", "一次 500 人，超过全部 900 位会员的 10%"),
            (199, 1.0, 900, true, nil, nil),
        ] as [(Int, Double?, Int, Bool, String?, String?)])
    func objection(
        people: Int, usual: Double?, members: Int, needsHistory: Bool, english: String?, chinese: String?
    ) {
        let limit = Settings.BlastGuard(usualTimes: 20, share: 1000, from: 200)
        let reason = limit.objection(people: people, usual: usual, members: members, needsHistory: needsHistory)
        #expect(reason == english)
        #expect(reason.flatMap(MessageCatalogue.chinese) == chinese)
    }
}
