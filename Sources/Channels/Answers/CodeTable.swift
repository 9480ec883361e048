import Kit

/// What the codes of a provider mean for a message and for its channel. A code that is not in the table is unknown: the
/// message may have been taken.
struct CodeTable: Sendable {
    enum Meaning: Sendable, Equatable {
        case accepted
        /// Not taken, and passing.
        case busy
        /// Not taken: this message must wait.
        case wait(Duration)
        /// Not taken: the channel's quota is used up.
        case quota(Quota)
        case rejected
        case suppressed(SendOutcome.Suppression)
        case misconfigured
        /// The access token is over: to be fetched anew, once.
        case token
        case unknown
    }

    enum Quota: Sendable { case minute, day, month }

    private let meanings: [String: Meaning]
    /// Families of codes, by how they begin.
    private let families: [(prefix: String, meaning: Meaning)]

    init(_ rows: KeyValuePairs<Meaning, [String]>, families: [(String, Meaning)] = []) {
        meanings = Dictionary(
            rows.flatMap { row in row.value.map { ($0, row.key) } }, uniquingKeysWith: { first, _ in first })
        self.families = families.map { (prefix: $0.0, meaning: $0.1) }
    }

    /// Every code that it has, sorted; a family ends with `…`.
    var listed: [String] { meanings.keys.sorted() + families.map { $0.prefix + "…" } }

    subscript(code: String) -> Meaning {
        meanings[code] ?? families.first { code.hasPrefix($0.prefix) }?.meaning ?? .unknown
    }

    /// - Parameters:
    ///   - id: the provider's own id of the message, where it gave one.
    ///   - now: days and months of quotas end by the clock of Beijing.
    func outcome(of code: String, id: String? = nil, at now: Instant) -> SendOutcome {
        let meaning = self[code]
        let code = ProviderCode.safe(code)
        switch meaning {
        case .accepted: return .accepted(providerID: id.flatMap(ProviderCode.id))
        case .busy: return .notSent(code: code, retryAfter: nil)
        case .wait(let duration): return .notSent(code: code, retryAfter: duration)
        case .quota(let quota): return .throttled(code: code, retryAfter: quota.rest(from: now))
        case .rejected: return .rejected(code: code)
        case .suppressed(let suppression): return .suppressed(code: code, suppression)
        case .misconfigured, .token: return .misconfigured(code: code)
        case .unknown: return .unknown(code: code)
        }
    }
}

extension CodeTable.Quota {
    /// How long it is until the quota begins again, by the clock of Beijing.
    func rest(from now: Instant) -> Duration {
        let today = Zone.beijing.date(of: now)
        let end: Instant
        switch self {
        case .minute: return .seconds(60)
        case .day: end = Zone.beijing.startOfDay(today.adding(days: 1))
        case .month:
            let (year, month, day) = today.civil
            end = Zone.beijing.startOfDay(today.adding(days: LocalDate.length(ofMonth: month, year: year) - day + 1))
        }
        return .microseconds(max(0, end.micros - now.micros))
    }
}

/// What a provider says of itself and goes into rows and logs: identifiers, and nothing else.
enum ProviderCode {
    static let unlisted = "unlisted_code"

    /// The code as it came where it is an identifier, else `unlisted_code`: a code must not bring a number or a text.
    static func safe(_ code: String) -> String {
        let isSafe = !code.isEmpty && code.utf8.count <= 80 && code.utf8.allSatisfy(isName) && !hasNumber(code)
        return isSafe ? code : unlisted
    }

    /// An id as receipts will quote it; nil where it is none.
    static func id(_ text: String) -> String? {
        let isSafe =
            !text.isEmpty && text.utf8.count <= 200
            && text.utf8.allSatisfy { isName($0) || "^:/=+@<>~".utf8.contains($0) }
        return isSafe ? text : nil
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// As many digits in a row as a phone number has.
    private static func hasNumber(_ code: String) -> Bool {
        code.split(whereSeparator: { !$0.isNumber }).contains { $0.count >= 8 }
    }
}
