import Channels
import Kit
import Logging
import Policies
import Rules
import Store

/// Answers for the links of messages: the page where somebody says no, and short links. Nothing but a POST changes a
/// consent: mail services and chats open every link they see.
package struct LinkDesk: Sendable {
    package typealias Channel = LinkChannel

    private let store: MemberStore
    private let tokens: LinkTokens
    private let form: LinkForm
    /// Those of nudged.yaml, in its order.
    private let channels: [Channel]
    private let refusals: UnwrittenRefusals
    private let log: Logger
    private let troubles = Troubles()
    private let now: @Sendable () -> Instant

    package init(
        _ store: MemberStore, _ tokens: LinkTokens, form: LinkForm, channels: [Channel],
        refusals: UnwrittenRefusals, log: Logger,
        now: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.store = store
        self.tokens = tokens
        self.form = form
        self.channels = channels
        self.refusals = refusals
        self.log = log
        self.now = now
    }

    // MARK: saying no

    /// The page of a token; a wrong token gets one that says nothing.
    func page(_ token: some StringProtocol, _ language: LinkPage.Choice) async -> Answer {
        await answering {
            guard let link = try await unsubscribeLink(token) else { return LinkPage.nothing(language) }
            let choices = try await store.choices(of: link, among: channels, at: now())
            return LinkPage.choices(choices, of: link, language)
        }
    }

    /// What a form of the page, or a mail program by itself (RFC 8058), posts.
    func post(_ form: LinkFormData, _ token: some StringProtocol, _ language: LinkPage.Choice) async -> Answer {
        await answering {
            guard let link = try await unsubscribeLink(token) else { return LinkPage.nothing(language) }
            let isOneClick = form.isOneClick
            let choices =
                isOneClick
                ? [ContactChoice(channel: link.channel, purpose: .marketing, isWanted: false)] : form.choices
            let instant = now()
            let changed: Int
            do {
                changed = try await store.choose(
                    choices, isPersonal: isOneClick ? nil : form.isPersonal, by: link, among: channels, at: instant)
            } catch {
                await refusals.keep(choices, of: link, at: instant)
                throw error
            }
            if changed > 0 {
                log.info(
                    "consents were changed by a link", metadata: ["channel": "\(link.channel)", "count": "\(changed)"])
            }
            if isOneClick, !form.isOfPage { return Answer(CallbackAnswer(body: "ok\n")) }
            let left = try await store.choices(of: link, among: channels, at: now())
            return LinkPage.choices(left, of: link, language, isSaved: !choices.isEmpty || form.isPersonal != nil)
        }
    }

    /// Nil for a token that is nobody's. A text that is no token, a row that is not there and a wrong code take the same
    /// way, and the same time.
    private func unsubscribeLink(_ token: some StringProtocol) async throws -> UnsubscribeLink? {
        let number = LinkTokens.number(in: token, .unsubscribe) ?? 0
        let link = try await store.unsubscribeLink(number)
        let isRight = tokens.accepts(token, of: link?.row ?? LinkRow(.unsubscribe, number, subject: ""))
        return isRight ? link : nil
    }

    // MARK: confirming

    /// The page of a token that confirms a consent, with a button; it changes nothing.
    func question(_ token: some StringProtocol, _ language: LinkPage.Choice) async -> Answer {
        await answering {
            guard let (request, kind) = try await consentRequest(token) else { return LinkPage.noRequest(language) }
            return LinkPage.confirming(
                request.channel, try await store.standing(of: request, kind, at: now()), language)
        }
    }

    /// What the button posts.
    func confirm(_ token: some StringProtocol, _ language: LinkPage.Choice) async -> Answer {
        await answering {
            guard let (request, kind) = try await consentRequest(token) else { return LinkPage.noRequest(language) }
            let standing = try await store.confirm(request, kind, at: now())
            if standing == .confirmed {
                log.info("a consent was confirmed by a link", metadata: ["channel": "\(request.channel)"])
            }
            return LinkPage.confirming(request.channel, standing, language)
        }
    }

    /// Nil for a token that is nobody's, and for a channel that nudged.yaml does not have any more. The same way and the
    /// same time for each, as for links that say no.
    private func consentRequest(
        _ token: some StringProtocol
    ) async throws -> (request: ConsentRequest, kind: ChannelDeclaration.Address)? {
        let number = LinkTokens.number(in: token, .confirm) ?? 0
        let request = try await store.consentRequest(number)
        let isRight = tokens.accepts(token, of: request?.row ?? LinkRow(.confirm, number, subject: ""))
        guard isRight, let request, let channel = channels.first(where: { $0.id == request.channel }) else {
            return nil
        }
        return (request, channel.kind)
    }

    // MARK: short links

    /// Leads on to the address of a short link. The click is counted unless a machine looks.
    func follow(_ token: some StringProtocol, _ language: LinkPage.Choice, isPerson: Bool) async -> Answer {
        await answering {
            let number = LinkTokens.number(in: token, .short) ?? 0
            let link = try await store.shortLink(number)
            let isRight = tokens.accepts(token, of: link?.row ?? LinkRow(.short, number, subject: ""))
            // The hosts of now count: one that is no longer the shop's may be somebody else's.
            guard isRight, let link, let target = LinkTarget(link.url), form.allows(target) else {
                return LinkPage.nothing(language)
            }
            // Whoever clicked wants to get there, whether the click can be written down or not.
            if isPerson {
                do {
                    try await store.click(link, at: now())
                    troubles.end("clicks")
                } catch { tell("clicks", "clicks cannot be counted", error) }
            }
            return .redirect(to: target.location)
        }
    }

    // MARK: troubles

    /// The answer, once everything that it says is on disk; else the peer is to come again.
    private func answering(_ work: () async throws -> Answer) async -> Answer {
        do {
            let answer = try await work()
            troubles.end("links")
            return answer
        } catch {
            tell("links", "a link could not be answered", error)
            return .unavailable
        }
    }

    private func tell(_ kind: String, _ words: Logger.Message, _ error: any Error) {
        let reason = MemberStore.words(for: error)
        if troubles.begins(kind, reason) { log.error(words, metadata: ["reason": "\(reason)"]) }
    }
}

/// The fields of a posted form.
struct LinkFormData: Sendable {
    static let mostBytes = 4 << 10
    private static let mostFields = 64

    private let fields: [(name: String, value: String)]

    /// Nil for a form that cannot be read, or with too many fields.
    init?(_ body: [UInt8], type: String?) {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        let isParts = type?.lowercased().hasPrefix("multipart/form-data") == true
        guard let fields = isParts ? LinkFormData.parts(text) : PercentEncoding.pairs(text),
            fields.count <= LinkFormData.mostFields
        else { return nil }
        self.fields = fields
    }

    /// RFC 8058 allows this form of one field, too.
    private static func parts(_ text: String) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        var (name, isHead) = (String?.none, true)
        for line in text.split(separator: "\r\n" as Character, omittingEmptySubsequences: false) {
            if line.hasPrefix("--") {
                (name, isHead) = (nil, true)
            } else if isHead {
                isHead = !line.isEmpty
                name = name ?? fieldName(in: line)
            } else if let found = name {
                pairs.append((found, String(line)))
                name = nil
            }
        }
        return pairs
    }

    /// The name in a line such as `Content-Disposition: form-data; name="page"`.
    private static func fieldName(in line: Substring) -> String? {
        let parts = line.split(separator: ";").map { $0.trimmingPrefix { $0 == " " } }
        return parts.dropFirst().first { $0.hasPrefix("name=") }.map {
            $0.dropFirst("name=".count).filter { $0 != "\"" }
        }
    }

    private func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// What a mail program posts, and the button of the page.
    var isOneClick: Bool { value(LinkPage.Field.oneClick) == LinkPage.Field.oneClickValue }
    /// A person looks at the answer.
    var isOfPage: Bool { value(LinkPage.Field.page) != nil }

    /// What the page was told about values of the member's in messages; nil: nothing that differs from what it showed. A
    /// refusal counts in any case.
    var isPersonal: Bool? {
        guard value(LinkPage.Field.personalShown) != nil else { return nil }
        let isWanted = value(LinkPage.Field.personal) != nil
        return isWanted && value(LinkPage.Field.personalShown) == LinkPage.Field.yes ? nil : isWanted
    }

    /// The choices that differ from what the page showed, and every refusal: one that came since by another way stands.
    var choices: [ContactChoice] {
        func pairs(_ text: String?) -> [String] { (text ?? "").split(separator: ",").map(String.init) }
        let wanted = Set(fields.filter { $0.name == LinkPage.Field.want }.map(\.value))
        let before = Set(pairs(value(LinkPage.Field.was)))
        return pairs(value(LinkPage.Field.shown)).compactMap { name in
            let isWanted = wanted.contains(name)
            guard !isWanted || !before.contains(name), let dot = name.lastIndex(of: "."),
                let purpose = Rule.Purpose(rawValue: String(name[name.index(after: dot)...]))
            else { return nil }
            return ContactChoice(channel: String(name[..<dot]), purpose: purpose, isWanted: isWanted)
        }
    }
}

extension LinkTarget {
    /// The address as a header may hold it: what is not ASCII is encoded.
    fileprivate var location: String {
        String(
            decoding: url.utf8.flatMap { byte in
                byte < 0x80 ? [byte] : Array("%\(Hex.text(UInt32(byte), digits: 2))".utf8)
            }, as: UTF8.self)
    }
}
