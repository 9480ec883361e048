import Kit
import Policies
import Rules
import Testing

@Suite("What a channel costs on a day")
struct SpendingAccountTests {
    struct Message: Sendable {
        var cost: Int64
        var purpose = Rule.Purpose.marketing
        var fits = true
    }

    struct Day: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var budget: Int64?
        var messages: [Message]
        var spent: Int64
    }

    @Test(
        "marketing fits into the budget or waits; service counts and never waits",
        arguments: [
            Day(
                testDescription: "up to the last fen", budget: 100,
                messages: [.init(cost: 50), .init(cost: 50), .init(cost: 50, fits: false)], spent: 100),
            Day(
                testDescription: "a cheaper one may still fit", budget: 100,
                messages: [.init(cost: 80), .init(cost: 50, fits: false), .init(cost: 20)], spent: 100),
            Day(
                testDescription: "service goes beyond, and marketing then waits", budget: 100,
                messages: [.init(cost: 150, purpose: .service), .init(cost: 1, fits: false)], spent: 150),
            Day(
                testDescription: "what costs nothing goes", budget: 0,
                messages: [.init(cost: 1, fits: false), .init(cost: 0)], spent: 0),
            Day(
                testDescription: "without a budget all goes", budget: nil, messages: [.init(cost: 1_000_000)],
                spent: 1_000_000),
            Day(
                testDescription: "what cannot be counted waits", budget: nil,
                messages: [
                    .init(cost: .max, purpose: .service), .init(cost: 1, purpose: .service, fits: false),
                ], spent: .max),
        ])
    func day(_ day: Day) {
        var account = SpendingAccount()
        for message in day.messages {
            #expect(account.reserve(message.cost, for: message.purpose, under: day.budget) == message.fits)
        }
        #expect(account.spent == day.spent)
    }

    struct Room: CustomTestStringConvertible, Sendable {
        var account: SpendingAccount
        var limit: Int64
        var price: Int64 = 50
        var room: Int
        var testDescription: String { "\(account.spent) of \(limit), waiting \(account.waitingCost ?? 0): \(room)" }
    }

    @Test(
        "there is room for as many as the cheapest fit, or the one that waits",
        arguments: [
            Room(account: .init(), limit: 500, room: 10), Room(account: .init(spent: 451), limit: 500, room: 0),
            Room(account: .init(spent: 450), limit: 500, room: 1),
            Room(account: .init(spent: 400, waitingCost: 150), limit: 500, room: 0),
            Room(account: .init(spent: 400, waitingCost: 150), limit: 550, room: 1),
            Room(account: .init(spent: 900), limit: 500, room: 0),
            Room(account: .init(spent: 900), limit: 500, price: 0, room: .max),
            Room(account: .init(spent: -1), limit: .max, room: 0),
        ])
    func room(_ room: Room) {
        #expect(room.account.room(under: .init(limit: room.limit, leastPrice: room.price)) == room.room)
    }

    @Test("the highest budget that marketing left under stays, whatever it is lowered to")
    func ceiling() {
        var account = SpendingAccount()
        #expect(account.reserve(10, for: .service, under: 500) && account.ceiling == nil)
        #expect(account.reserve(10, for: .marketing, under: 100) && account.ceiling == 100)
        #expect(account.reserve(10, for: .marketing, under: 300) && account.ceiling == 300)
        #expect(account.reserve(10, for: .marketing, under: 50) && account.ceiling == 300)
        #expect(!account.reserve(20, for: .marketing, under: 50) && account.waitingCost == 20)
        #expect(account.reserve(5, for: .marketing, under: 50) && account.waitingCost == nil)
        #expect(account.reserve(900, for: .marketing, under: nil) && account.ceiling == .max)
        #expect(account.reserve(900, for: .service, under: nil) && account.spent == 1845)
    }
}
