import Kit
import Rules

/// Messages to a group of colleagues by the robot of a messenger. Nobody of them is a member: a robot has no addresses,
/// no receipts and no consents.
struct RobotChannel: Channel {
    /// The messengers, each with its own address, signature and codes.
    enum Messenger: Sendable {
        /// The key is the last part of the group's webhook address.
        case wecom(key: String)
        case dingTalk(token: String, secret: String?)
        /// The hook is the last part of the group's webhook address.
        case feishu(hook: String, secret: String?)
    }

    let type: String
    let endpoint: String
    let messenger: Messenger
    let transport: HTTPTransport

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        guard !message.text.isEmpty else { throw .emptyText }
        let root = WebAddress.root(endpoint)
        let text = JSONText.text(message.text)
        let seconds = message.at.wholeSeconds
        switch messenger {
        case .wecom(let key):
            // The provider counts bytes, and refuses the rest.
            guard message.text.utf8.count <= 2048 else { throw .tooLong }
            return .json(
                "\(root)cgi-bin/webhook/send?key=\(PercentEncoding.encode(key))",
                .object(["msgtype": "text", "text": .object(["content": text])]))
        case .dingTalk(let token, let secret):
            var url = "\(root)robot/send?access_token=\(PercentEncoding.encode(token))"
            if let secret {
                let sign = RobotSignature.dingTalk(timestamp: seconds * 1000, secret: secret)
                url += "&timestamp=\(seconds * 1000)&sign=\(PercentEncoding.encode(sign))"
            }
            return .json(url, .object(["msgtype": "text", "text": .object(["content": text])]))
        case .feishu(let hook, let secret):
            var members: [JSONText.Member] = []
            if let secret {
                members = [
                    .init("timestamp", .text(String(seconds))),
                    .init("sign", .text(RobotSignature.feishu(timestamp: seconds, secret: secret))),
                ]
            }
            members += [.init("msg_type", "text"), .init("content", .object(["text": text]))]
            return .json("\(root)open-apis/bot/v2/hook/\(PercentEncoding.encode(hook))", .object(members))
        }
    }

    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        let key: String
        let codes: CodeTable
        switch messenger {
        case .wecom: (key, codes) = ("errcode", WeComCodes.table)
        case .dingTalk: (key, codes) = ("errcode", RobotChannel.dingTalk)
        case .feishu: (key, codes) = ("code", RobotChannel.feishu)
        }
        // Feishu's older form of a success.
        let answer = response.json
        guard let code = answer?[key]?.scalarText ?? answer?["StatusCode"]?.scalarText else {
            return response.outcome(at: now)
        }
        return codes.outcome(of: code, at: now)
    }

    static let dingTalk = CodeTable([
        .accepted: ["0"], .busy: ["-1"],
        // More than 20 in a minute: nothing for ten minutes.
        .quota(.minute): ["130101", "410100"],
        .misconfigured: ["310000", "300001", "300005", "400013", "400101", "40035"],
        .rejected: ["43004", "400105", "460101"],
    ])

    static let feishu = CodeTable([
        .accepted: ["0"], .busy: ["11232"], .misconfigured: ["19021", "19022", "19024", "19001"], .rejected: ["9499"],
    ])
}
