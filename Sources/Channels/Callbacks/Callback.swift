import Kit
import Policies

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
