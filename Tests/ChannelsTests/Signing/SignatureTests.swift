import Kit
import Testing

@testable import Channels

@Suite("Signatures are those of the providers' own examples")
struct SignatureTests {
    @Test("Aliyun, the old RPC signature", arguments: ChannelVectors.all.aliyun_rpc_v1_hmac_sha1)
    func rpc(_ vector: ChannelVectors.RPC) {
        let signature = AliyunSignature.rpc(
            method: vector.method, parameters: vector.params.map { ($0.key, $0.value) },
            secret: vector.access_key_secret)
        #expect(signature == vector.expected_signature)
    }

    @Test("Aliyun, ACS3", arguments: ChannelVectors.all.aliyun_acs3_hmac_sha256)
    func acs3(_ vector: ChannelVectors.ACS3) {
        let authorization = AliyunSignature.acs3(
            method: vector.method, query: vector.query.map { ($0.key, $0.value) },
            headers: vector.signed_headers.map { ($0.key, $0.value) },
            bodyHash: Digest.sha256Hex(Array(vector.body.utf8)), keyID: vector.access_key_id,
            secret: vector.access_key_secret)
        #expect(authorization == vector.expected_authorization)
    }

    @Test("Tencent, TC3", arguments: ChannelVectors.all.tencent_tc3_hmac_sha256)
    func tc3(_ vector: ChannelVectors.TC3) {
        let authorization = TencentSignature.authorization(
            service: vector.service, host: vector.host, contentType: vector.content_type,
            headers: vector.signed_extra_headers.map { ($0.key, $0.value) }, body: Array(vector.payload.utf8),
            timestamp: vector.timestamp, keyID: vector.secret_id, secret: vector.secret_key)
        #expect(authorization == vector.expected_authorization)
    }

    @Test("the robots of DingTalk and Feishu swap key and message")
    func robots() throws {
        for vector in ChannelVectors.all.dingtalk_robot_sign {
            let signature = RobotSignature.dingTalk(
                timestamp: try #require(Int64(vector.timestamp_ms)), secret: vector.secret)
            #expect(signature == vector.expected_b64)
            #expect(PercentEncoding.encode(signature) == vector.expected_urlencoded)
        }
        for vector in ChannelVectors.all.feishu_robot_sign {
            let signature = RobotSignature.feishu(
                timestamp: try #require(Int64(vector.timestamp_s)), secret: vector.secret)
            #expect(signature == vector.expected_b64)
        }
    }

    @Test(
        "Twilio's callbacks, with the port in the address or without",
        arguments: ChannelVectors.all.twilio_request_signature)
    func twilio(_ vector: ChannelVectors.Twilio) {
        let form = vector.params.map { (name: $0.key, value: $0.value) }
        let signature = TwilioSignature.sign(
            url: vector.url, form: form, authToken: vector.auth_token, usesSHA256: vector.algorithm == "HMAC_SHA256")
        #expect(signature == vector.expected_signature)
        guard vector.algorithm == nil else { return }
        func isValid(_ signature: String, _ url: String) -> Bool {
            TwilioSignature.isValid(signature, url: url, form: form, authToken: vector.auth_token)
        }
        let host = vector.url.dropFirst("https://".count).prefix { $0 != "/" }
        let withPort = vector.url.replacing(host, with: "\(host):443")
        #expect(isValid(signature, vector.url) && isValid(signature, withPort))
        #expect(!isValid(signature, vector.url + "&x=1"))
        #expect(!isValid(String(signature.dropLast()), vector.url))
    }

    @Test("Standard Webhooks", arguments: ChannelVectors.all.standard_webhooks)
    func webhooks(_ vector: ChannelVectors.Webhook) throws {
        let signature = try #require(WebhookSignature(secret: vector.secret))
        let signed = signature.sign(id: vector.webhook_id, timestamp: vector.webhook_timestamp, body: vector.body)
        #expect(signed == vector.expected_signature)
    }

    @Test(
        "a secret that is no base64 is no secret of Standard Webhooks", arguments: ["", "whsec_", "whsec_*", "geheim!"])
    func badSecret(_ secret: String) { #expect(WebhookSignature(secret: secret) == nil) }
}

@Suite("Callbacks of WeChat and WeCom")
struct WeChatCipherTests {
    private func cipher(_ vector: ChannelVectors.WeChatMessage, receiver: String? = nil) throws -> WeChatCipher {
        try #require(
            WeChatCipher(
                token: vector.token, encodingAESKey: vector.encoding_aes_key, receiver: receiver ?? vector.receive_id))
    }

    @Test("the signature of the address is the published one")
    func address() {
        for vector in ChannelVectors.all.wechat_url_signature_sha1 {
            #expect(
                WeChatCipher.signature(vector.token, vector.timestamp, vector.nonce) == vector.expected_signature)
        }
    }

    @Test("a message is opened, and sealed the same", arguments: ChannelVectors.all.wechat_aes_message)
    func opens(_ vector: ChannelVectors.WeChatMessage) throws {
        let cipher = try cipher(vector)
        let text = try cipher.open(
            vector.expected_encrypt_b64, signature: vector.expected_msg_signature, timestamp: vector.timestamp,
            nonce: vector.nonce)
        #expect(text == vector.plaintext)
        #expect(try cipher.seal(vector.plaintext, random: Array(vector.random16.utf8)) == vector.expected_encrypt_b64)
    }

    @Test("messages of every length come back", arguments: 0..<70)
    func lengths(_ length: Int) throws {
        let vector = ChannelVectors.all.wechat_aes_message[0]
        let cipher = try cipher(vector)
        let message = String(repeating: "x", count: length)
        let sealed = try cipher.seal(message, random: Array(vector.random16.utf8))
        let signature = WeChatCipher.signature(vector.token, "1", "2", sealed)
        #expect(try cipher.open(sealed, signature: signature, timestamp: "1", nonce: "2") == message)
    }

    @Test(
        "what is forged, cut or meant for another account is refused", arguments: ChannelVectors.all.wechat_aes_message)
    func refuses(_ vector: ChannelVectors.WeChatMessage) throws {
        func refusal(_ text: String, signature: String? = nil, receiver: String? = nil) throws -> WeChatCipher.Refusal?
        {
            let signature = signature ?? WeChatCipher.signature(vector.token, "1", "2", text)
            do {
                _ = try cipher(vector, receiver: receiver).open(text, signature: signature, timestamp: "1", nonce: "2")
                return nil
            } catch let refusal as WeChatCipher.Refusal {
                return refusal
            }
        }
        let whole = vector.expected_encrypt_b64
        #expect(try refusal(whole) == nil)
        #expect(try refusal(whole, signature: vector.expected_msg_signature) == .signature)
        #expect(try refusal(whole, receiver: "wx0000000000000000") == .receiver)
        #expect(try refusal("*" + whole) == .base64)
        #expect(try refusal(Digest.base64(Array(repeating: 7, count: 15))) == .length)
        #expect(try refusal("") == .length)
        for bytes in [16, 32, 48, 64] {
            let noise = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ bytes) }
            #expect(try refusal(Digest.base64(noise)) != nil)
        }
        let cut = try #require(Digest.bytes(base64: whole)).dropLast(32)
        #expect(try refusal(Digest.base64(Array(cut))) != nil)
    }

    @Test(
        "a key that is not the console's 43 characters is no key",
        arguments: ["", "abc", String(repeating: "!", count: 43)])
    func badKey(_ key: String) { #expect(WeChatCipher(token: "t", encodingAESKey: key, receiver: "wx") == nil) }
}
