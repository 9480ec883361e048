import Kit

/// Proves that a callback is from WeChat or WeCom, and takes its message out of its envelope
/// (https://developers.weixin.qq.com/doc/service/guide/dev/push, …/work.weixin.qq.com/document/path/90930).
///
/// With an EncodingAESKey every message must be encrypted: in the console's compatible mode the plain copy is not looked
/// at, because nobody signed it. Without one the signature is over the query alone.
struct WeChatDoor: Sendable {
    private let token: String
    private let cipher: WeChatCipher?
    /// WeCom encrypts what is to be echoed in the check of the address, WeChat does not.
    private let encryptsEcho: Bool

    /// Seconds by which a call's own time may differ from ours. A provider repeats a call within a quarter of a minute;
    /// the rest is for clocks. What is repeated in this time changes nothing.
    private static let window: Int64 = 600

    enum Answer {
        /// The check of the address: the text to send back.
        case echo(String)
        case message(CallbackNode)
        /// A word for the log.
        case refused(String)
    }

    /// Nil where the block `callbacks` lacks its secrets, or the key is none.
    init?(_ callbacks: AdapterSettings?, receiver: String, encryptsEcho: Bool) {
        guard let token = callbacks?.text("token") else { return nil }
        let key = callbacks?.text("encoding_aes_key")
        let cipher = key.flatMap { WeChatCipher(token: token, encodingAESKey: $0, receiver: receiver) }
        guard (key == nil) == (cipher == nil), cipher != nil || !encryptsEcho else { return nil }
        (self.token, self.cipher, self.encryptsEcho) = (token, cipher, encryptsEcho)
    }

    func answer(_ request: CallbackRequest) -> Answer {
        guard let timestamp = request.parameter("timestamp"), let nonce = request.parameter("nonce") else {
            return .refused("signature")
        }
        do throws(WeChatCipher.Refusal) {
            let answer: Answer
            switch request.method {
            case "GET": answer = try check(request, timestamp, nonce)
            case "POST": answer = try message(request, timestamp, nonce)
            default: return .refused("method")
            }
            return isNow(timestamp, request.at) ? answer : .refused("timestamp")
        } catch {
            return .refused(error.rawValue)
        }
    }

    private func check(
        _ request: CallbackRequest, _ timestamp: String, _ nonce: String
    ) throws(WeChatCipher.Refusal) -> Answer {
        guard let echo = request.parameter("echostr") else { return .refused("no_echo") }
        if encryptsEcho, let cipher {
            return .echo(try cipher.open(echo, signature: own(request), timestamp: timestamp, nonce: nonce))
        }
        try requireSigned(request, timestamp, nonce)
        return .echo(echo)
    }

    private func message(
        _ request: CallbackRequest, _ timestamp: String, _ nonce: String
    ) throws(WeChatCipher.Refusal) -> Answer {
        let envelope = CallbackNode(body: request.body)
        guard let cipher else {
            try requireSigned(request, timestamp, nonce)
            guard let envelope else { return .refused("not_a_message") }
            return envelope["FromUserName"] == nil && envelope["Encrypt"] != nil
                ? .refused("encrypted") : .message(envelope)
        }
        guard let envelope else { return .refused("not_a_message") }
        guard let sealed = envelope["Encrypt"] else { return .refused("not_encrypted") }
        let text = try cipher.open(sealed, signature: own(request), timestamp: timestamp, nonce: nonce)
        return CallbackNode(body: Array(text.utf8)).map { .message($0) } ?? .refused("not_a_message")
    }

    /// The signature that covers the encrypted text.
    private func own(_ request: CallbackRequest) -> String { request.parameter("msg_signature") ?? "" }

    private func requireSigned(
        _ request: CallbackRequest, _ timestamp: String, _ nonce: String
    ) throws(WeChatCipher.Refusal) {
        guard Digest.isEqual(request.parameter("signature") ?? "", WeChatCipher.signature(token, timestamp, nonce))
        else { throw .signature }
    }

    private func isNow(_ timestamp: String, _ now: Instant) -> Bool {
        guard let at = CallbackBody.unix(timestamp) else { return false }
        return abs(at.micros - now.micros) <= WeChatDoor.window * 1_000_000
    }
}
