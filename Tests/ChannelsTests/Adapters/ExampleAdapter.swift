import Kit
import Rules

@testable import Channels

extension Adapter {
    static let example = Adapter(
        type: "example-sms", "SMS through an invented provider", traits: Traits(address: .phone), rate: .ofNetwork,
        codes: ExampleChannel.codes.listed,
        keys: [
            .init(
                "endpoint", .webAddress, required: true, "of the provider", chinese: "接口地址",
                examples: ["https://sms.example.com"]),
            .init("key", .secret, required: true, "of the account", chinese: "密钥", examples: ["{env: SMS_KEY}"]),
        ],
        opening: .network {
            ExampleChannel(endpoint: $0[text: "endpoint"], key: $0[text: "key"], transport: $1)
        })
}

struct ExampleChannel: Channel {
    let type = "example-sms"
    let endpoint: String
    let key: String
    let transport: HTTPTransport

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        let number = try E164Number.of(message)
        guard !message.text.isEmpty else { throw .emptyText }
        let body = JSONText.object([
            "to": .text(number.e164), "text": .text(message.text), "reference": .text(message.reference),
        ])
        return HTTPRequest(
            .post, WebAddress.root(endpoint) + "messages",
            headers: [
                (name: "Authorization", value: "Bearer \(key)"),
                (name: "Content-Type", value: "application/json; charset=utf-8"),
            ],
            body: Array(body.rendered.utf8))
    }

    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        guard let answer = response.json, let code = answer["code"]?.scalarText else {
            return response.outcome(at: now)
        }
        return ExampleChannel.codes.outcome(of: code, id: answer["id"]?.scalarText, at: now)
    }

    static let codes = CodeTable([
        .accepted: ["ok"], .busy: ["try_later"], .quota(.day): ["daily_limit"], .rejected: ["bad_number", "bad_text"],
        .suppressed(.optedOut): ["opted_out"], .misconfigured: ["bad_key", "no_money"],
    ])
}
