import Kit
import Rules

/// What a mapping file says: how a shop's own system proves who it is, and what its messages mean.
package struct SourceMapping: Sendable {
    /// A text of a request: `header:NAME`, `query:NAME`, or a place in its body.
    package enum Place: Hashable, Sendable {
        case header(String), query(String)
        case body(JSONPointer)
    }

    /// What a place in the body holds in place of JSON.
    package enum Form: String, Sendable, CaseIterable {
        /// A text that is JSON.
        case json
        /// The same, percent-encoded.
        case urlJSON = "url_json"
    }

    package struct Decoding: Sendable {
        var place: JSONPointer
        var form: Form
    }

    /// Whether a place holds one of these texts.
    struct Test: Sendable {
        var place: JSONPointer
        var texts: [String]

        func holds(_ body: StrictJSON) -> Bool {
            place.value(in: body)?.scalarText.map(texts.contains) ?? false
        }
    }

    /// Messages of one kind.
    struct Message: Sendable {
        /// All of them hold.
        var tests: [Test]
        /// None: the message means nothing to us.
        var rows: [Row]
    }

    /// What the source is to be answered once its message is on disk.
    package struct Answer: Sendable, Equatable {
        package var body = ""
        package var type = "application/json; charset=utf-8"
        package init() {}
    }

    package internal(set) var proof: SourceProof
    /// The body is a form: its fields are the keys.
    var isForm = false
    package internal(set) var decodings: [Decoding] = []
    /// The message's own id; nil: its content makes one.
    var id: JSONPointer?
    /// What is another each time the same message is sent.
    var varying: [JSONPointer] = []
    /// The zone of times without an offset; nil: the shop's.
    var zone: Zone?
    /// Messages for which one of these holds mean nothing to us.
    var skips: [Test] = []
    var messages: [Message] = []
    package internal(set) var answer = Answer()
}

extension SourceMapping {
    /// The body of a request as JSON: the fields of a form are texts. Throws a `StrictJSON.Failure`.
    package func json(of body: [UInt8]) throws -> StrictJSON {
        guard isForm else { return try StrictJSON(parsing: body, takesNUL: true) }
        guard let text = String(validating: body, as: UTF8.self), let pairs = PercentEncoding.pairs(text) else {
            throw StrictJSON.Failure.invalidBytes
        }
        var known: Set<String> = []
        return .object(
            pairs.filter { known.insert($0.name).inserted }.map { .init(key: $0.name, value: .string($0.value)) })
    }

    /// What a row of a message is.
    package enum Kind: String, Sendable, CaseIterable {
        case order, refund, cancellation, member, points, coupon, consent, event

        /// The rows of imports that are read in the same way.
        var like: ImportKind {
            switch self {
            case .order: .orders
            case .refund, .cancellation, .event: .events
            case .member: .members
            case .points: .points
            case .coupon: .coupons
            case .consent: .consents
            }
        }

        /// The columns that a row may have. `items` and `data` are read by themselves.
        var columns: [Column] {
            switch self {
            case .order: [.id, .memberID, .paidAt, .total, .cart, .storeID, .source]
            case .refund, .cancellation: [.orderID, .memberID, .at]
            case .event: [.memberID, .name, .at]
            case .member: like.columns + [.at]
            case .points, .coupon, .consent: like.columns
            }
        }

        var required: [Column] {
            switch self {
            case .order: [.id, .memberID, .paidAt]
            case .refund, .cancellation: [.orderID, .memberID]
            case .event: [.memberID, .name]
            case .member, .points, .coupon, .consent: like.required
            }
        }
    }

    /// One row, or one for each element of a list.
    struct Row: Sendable {
        var kind: Kind
        var each: Reference?
        var columns: [(column: Column, value: Value)] = []
        var items: Items?
        /// Of a member: custom attributes by name. Of an event: its data.
        var named: [(name: String, value: Value)] = []
    }

    /// The lines of an order.
    struct Items: Sendable {
        var each: Reference
        var columns: [(column: Column, value: Value)]
    }

    /// A place in the element of `each`, or in the body.
    struct Reference: Hashable, Sendable {
        var pointer: JSONPointer
        var isOfBody: Bool
    }

    enum Unit: String, Sendable, CaseIterable { case yuan, fen }
    /// How an instant is written: a text, or a number since 1970.
    enum Time: String, Sendable, CaseIterable { case text, seconds, milliseconds }

    /// Where a value comes from, and what is made of it.
    struct Value: Sendable {
        enum Origin: Sendable {
            /// The first of these that holds anything.
            case places([Reference])
            case constant(String)
        }
        var origin: Origin
        var unit = Unit.yuan
        /// Nil: ten digits are seconds, thirteen milliseconds, all else a text.
        var time: Time?
        /// Our words for those of the source; others stay as they are.
        var words: [String: String] = [:]
    }
}
