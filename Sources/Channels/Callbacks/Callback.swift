import Kit

/// A call that a provider makes to us: one HTTP request to `/callbacks/CHANNEL/TOKEN`. Never printed: it holds numbers
/// and texts.
package struct CallbackRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// In capitals.
    package let method: String
    /// The address that the provider called, with its query: what some of them sign.
    package let url: String
    package let query: [(name: String, value: String)]
    /// Names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    package let at: Instant

    package init(
        method: String, url: String, query: [(name: String, value: String)], headers: [(name: String, value: String)],
        body: [UInt8], at: Instant
    ) {
        self.method = method
        self.url = url
        self.query = query
        self.headers = headers
        self.body = body
        self.at = at
    }

    package var description: String { "a callback" }
    package var customMirror: Mirror { Mirror(self, children: ["method": method]) }
}

/// What a callback says of one message or one member.
package enum CallbackEvent: Sendable, Equatable {
    case receipt(Receipt)
    case reply(Reply)
}

/// What became of a message after the provider had taken it. It is joined by our own reference where the provider quotes
/// it, else by the provider's id, with the address where one id stands for several.
package struct Receipt: Sendable, Equatable {
    package enum Status: String, Sendable {
        /// On its way; says nothing final.
        case sent
        case delivered
        case undelivered
    }
    package var reference: String?
    package var providerID: String?
    package var address: String?
    /// Of a message in several parts, from 1.
    package var part: Int
    package var status: Status
    /// The provider's own code, an identifier.
    package var code: String
    /// The address gets nothing more on the channel.
    package var suppression: SendOutcome.Suppression?
    package var at: Instant

    package init(
        reference: String? = nil, providerID: String? = nil, address: String? = nil, part: Int = 1, status: Status,
        code: String, suppression: SendOutcome.Suppression? = nil, at: Instant
    ) {
        self.reference = reference
        self.providerID = providerID
        self.address = address
        self.part = part
        self.status = status
        self.code = code
        self.suppression = suppression
        self.at = at
    }
}

/// What somebody wrote back.
package struct Reply: Sendable, Equatable {
    package var address: String
    package var text: String
    /// The provider's id of it, else one made of its content: the same reply twice is one.
    package var id: String
    package var at: Instant

    package init(address: String, text: String, id: String, at: Instant) {
        self.address = address
        self.text = text
        self.id = id
        self.at = at
    }
}

/// The answer to a callback: exactly what the provider expects to see.
package struct CallbackAnswer: Sendable, Equatable {
    package var status: Int
    package var contentType: String
    package var body: String

    package init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: String = "") {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Somebody else called, or the request is broken; says no more than that.
    package static let refused = CallbackAnswer(status: 403)
}

/// What a channel makes of a callback. Pure: the events are written down before the answer goes out.
package struct CallbackResult: Sendable, Equatable {
    package var events: [CallbackEvent]
    package var answer: CallbackAnswer
    /// Why it was refused, for the log: a word, nothing from the request. Nil: it was read.
    package var refusal: String?

    package init(events: [CallbackEvent] = [], answer: CallbackAnswer = CallbackAnswer(), refusal: String? = nil) {
        self.events = events
        self.answer = answer
        self.refusal = refusal
    }

    package static func refused(_ reason: String) -> CallbackResult {
        CallbackResult(answer: .refused, refusal: reason)
    }
}
