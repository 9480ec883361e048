import Channels
import Daemon
import Dispatch
import Engine
import Gateway
import Kit
import Logging
import Policies
import Rules
import Store

/// The shop behind the phones: three invented members, one daily rule, a store in memory, and the daemon's own
/// evaluation and dispatcher on a clock that goes on by a day at a time.
actor PhoneShop {
    /// What a phone shows, oldest first.
    enum Entry: Sendable {
        case message(String, at: Instant)
        case reply(String, at: Instant)
        case decision(Decision)
    }

    struct Phone: Sendable {
        let member: String
        let name: String
        /// As a provider names it. The page shows it masked.
        let number: String
        var entries: [Entry] = []
    }

    static let channel = "sms"
    /// The entries that a phone keeps: whoever presses for years gets the latest.
    private static let mostEntries = 100

    nonisolated let linkDesk: LinkDesk
    nonisolated let zone: Zone
    private(set) var phones: [Phone]
    private let store: MemberStore
    private let prepared: PreparedRules
    private let dispatcher: Dispatcher
    private let trusted: TrustedClock
    private let inbox: PhoneInbox
    private let clock: DemoClock
    private let thread = DispatchQueue(label: "nudged.demo")
    private var isBusy = false
    private var replies = 0

    init(form: LinkForm, log: Logger) async throws {
        let channels = [
            ChannelDeclaration(id: PhoneShop.channel, address: .phone, adapter: "log", links: form)
        ]
        let set = try RuleSet.built(of: PhoneRules.files(base: form.base), channels: channels)
        let members = PhoneRules.members
        let opened = DemoShop(zone: set.settings.zone, days: 1, seed: 0).start
        let store = try MemberStore.inMemory(
            Fixtures(stores: [], products: [], members: members), settings: set.settings, custom: set.fields)
        let planned = PlannedSet(set, rules: set.rules, channels: channels)
        let rules = LiveRules()
        let staged = LiveRules.Staged(planned: planned, files: "{}", hash: "demo")
        let prepared = try store.goLive(planned, files: staged.files, hash: staged.hash, at: opened)
        rules.adopt(prepared, from: staged)

        let tokens = try LinkTokens(secret: PhoneShop.secret())
        let refusals = UnwrittenRefusals([LinkChannel(PhoneShop.channel, .phone)])
        let (clock, trusted, inbox) = (DemoClock(opened), TrustedClock(), PhoneInbox())
        dispatcher = Dispatcher(
            store: store, rules: rules, clock: trusted, channels: [PhoneShop.channel: inbox],
            links: LinkWriter(form, tokens), refusals: refusals, recovery: try await store.recoverOutbox(at: opened),
            maxInFlight: 10, board: StatusBoard(Notifier(environment: [:])), log: log)
        linkDesk = LinkDesk(
            store, tokens, form: form, channels: [LinkChannel(PhoneShop.channel, .phone)], refusals: refusals, log: log,
            now: { clock.now })
        (zone, self.store, self.prepared) = (set.settings.zone, store, prepared)
        (self.clock, self.trusted, self.inbox) = (clock, trusted, inbox)
        phones = members.map {
            Phone(member: $0.row.id, name: $0.row.displayName ?? "", number: $0.row.phone ?? "")
        }
        try await decide(at: zone.instant(zone.date(of: opened), PhoneRules.time))
    }

    /// For this run alone: its links end with it.
    private static func secret() -> String {
        (0..<LinkTokens.shortestSecret).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }

    var today: LocalDate { zone.date(of: clock.now) }

    /// The clock goes to the hour of the rule on the next day. A press while the day passes is not another one.
    func passDay() async throws {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        try await decide(at: zone.instant(today.adding(days: 1), PhoneRules.time))
    }

    /// What a provider's callback says of a text that came back. A number that is no phone of the page is nobody's.
    func reply(_ text: String, from member: String) async throws {
        guard let index = phones.firstIndex(where: { $0.member == member }) else { return }
        let now = clock.now
        replies += 1
        let reply = Reply(address: phones[index].number, text: text, id: "demo-\(replies)", at: now)
        _ = try await store.note(
            [.reply(reply)], from: CallbackSource(channel: PhoneShop.channel, address: .phone), at: now)
        add(.reply(text, at: now), to: member)
    }

    private func decide(at now: Instant) async throws {
        let moment = clock.moment(of: now)
        clock.set(now)
        trusted.trust(wall: now, moment: moment)
        let (store, prepared) = (store, prepared)
        let lines = try await blocking { try store.tick(prepared, at: now).lines }
        for line in lines { add(.decision(line), to: line.member) }
        _ = try await dispatcher.runOnce(at: now, moment: moment)
        for message in inbox.take() { add(.message(message.text, at: message.at), to: message.member) }
    }

    private func add(_ entry: Entry, to member: String) {
        guard let index = phones.firstIndex(where: { $0.member == member }) else { return }
        phones[index].entries = (phones[index].entries + [entry]).suffix(PhoneShop.mostEntries)
    }

    /// A tick blocks, and the cooperative pool has as many threads as the machine has cores.
    private func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { reply in
            thread.async { reply.resume(with: Result { try work() }) }
        }
    }
}
