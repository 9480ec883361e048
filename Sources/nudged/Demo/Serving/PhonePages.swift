import Channels
import Kit
import Policies
import Review
import Rules

/// The pages of `demo --serve`: the phones, and the offer that short links lead to. They hold no script.
struct PhonePages: Sendable {
    static let path = "/demo/phone"
    static let offerPath = "/demo/offer"

    private enum Field {
        static let member = "member"
        static let text = "text"
        static let nextDay = "next_day"
    }
    /// In characters, as many as a long SMS has.
    private static let longestReply = 500

    let shop: PhoneShop
    /// Where this server is, without a slash at its end.
    let base: String

    /// Nil where there is no such page. Under another host name nobody gets one: a page elsewhere may have made its own
    /// name lead here.
    func answer(_ request: CallbackRequest) async -> CallbackAnswer? {
        guard header("host", of: request).map({ "http://\($0)" }) == base else { return nil }
        let path = request.url.dropFirst(base.count).prefix { $0 != "?" }
        let language = PhonePages.language(request)
        switch (request.method, path) {
        case ("GET", "/"), ("HEAD", "/"), ("GET", PhonePages.path[...]), ("HEAD", PhonePages.path[...]):
            return await phones(language)
        case ("GET", PhonePages.offerPath[...]), ("HEAD", PhonePages.offerPath[...]):
            return PhoneMarkup(language: language).offer
        case ("POST", PhonePages.path[...]):
            guard header("origin", of: request).map({ $0 == base }) ?? true else { return .refused }
            guard let form = PercentEncoding.pairs(String(decoding: request.body, as: UTF8.self)) else {
                return CallbackAnswer(status: 400)
            }
            do { try await act(form) } catch { return CallbackAnswer(status: 503) }
            return await phones(language)
        default: return nil
        }
    }

    private func act(_ form: [(name: String, value: String)]) async throws {
        func value(_ name: String) -> String? { form.first { $0.name == name }?.value }
        if value(Field.nextDay) != nil { return try await shop.passDay() }
        guard let member = value(Field.member) else { return }
        let text = String((value(Field.text) ?? "").prefix(PhonePages.longestReply)).withoutOuterSpaces
        if !text.isEmpty { try await shop.reply(text, from: member) }
    }

    private func phones(_ language: Language) async -> CallbackAnswer {
        let markup = PhoneMarkup(language: language, zone: shop.zone, base: base)
        return markup.page(of: await shop.phones, today: await shop.today)
    }

    private func header(_ name: String, of request: CallbackRequest) -> String? {
        request.headers.first { $0.name == name }?.value
    }

    /// By the reader's choice, else what their browser likes best of the two, else the language of the program.
    private static func language(_ request: CallbackRequest) -> Language {
        func named(_ tag: some StringProtocol) -> Language? {
            tag.lowercased().hasPrefix("zh") ? .chinese : tag.lowercased().hasPrefix("en") ? .english : nil
        }
        if let chosen = request.query.first(where: { $0.name == "lang" }).flatMap({ named($0.value) }) { return chosen }
        let accepted = request.headers.first { $0.name == "accept-language" }?.value ?? ""
        return accepted.split(separator: ",").lazy.compactMap { named($0.trimmingPrefix { $0 == " " }) }.first
            ?? Spoken.language
    }
}
