import Foundation

/// The provider vectors beside the tests: published examples, captures of the providers' own SDKs, and examples of ours
/// that another implementation computed.
struct ChannelVectors: Decodable {
    struct RPC: Decodable, CustomStringConvertible {
        let name, method, access_key_secret, expected_signature: String
        let params: [String: String]
        var description: String { name }
    }
    struct ACS3: Decodable, CustomStringConvertible {
        let name, method, body, access_key_id, access_key_secret, expected_authorization: String
        let query, signed_headers: [String: String]
        var description: String { name }
    }
    struct TC3: Decodable, CustomStringConvertible {
        let name, secret_id, secret_key, service, host, content_type, payload, expected_authorization: String
        let timestamp: Int64
        let signed_extra_headers: [String: String]
        var description: String { name }
    }
    struct WeChatURL: Decodable {
        let token, timestamp, nonce, expected_signature: String
    }
    struct WeChatMessage: Decodable, CustomStringConvertible {
        let name, token, encoding_aes_key, receive_id, random16, plaintext, expected_encrypt_b64: String
        let timestamp, nonce, expected_msg_signature: String
        var description: String { name }
    }
    struct DingTalk: Decodable { let timestamp_ms, secret, expected_b64, expected_urlencoded: String }
    struct Feishu: Decodable { let timestamp_s, secret, expected_b64: String }
    struct Twilio: Decodable, CustomStringConvertible {
        let name, url, auth_token, expected_signature: String
        let params: [String: String]
        let algorithm: String?
        var description: String { name }
    }
    struct Webhook: Decodable, CustomStringConvertible {
        let name, secret, webhook_id, body, expected_signature: String
        let webhook_timestamp: Int64
        var description: String { name }
    }
    struct Header: Decodable, CustomStringConvertible {
        let text, folded: String
        let encoded_words: [String]
        var description: String { text }
    }

    let aliyun_rpc_v1_hmac_sha1: [RPC]
    let aliyun_acs3_hmac_sha256: [ACS3]
    let tencent_tc3_hmac_sha256: [TC3]
    let wechat_url_signature_sha1: [WeChatURL]
    let wechat_aes_message: [WeChatMessage]
    let dingtalk_robot_sign: [DingTalk]
    let feishu_robot_sign: [Feishu]
    let twilio_request_signature: [Twilio]
    let standard_webhooks: [Webhook]
    let rfc2047_header: [Header]

    static let all: ChannelVectors = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../channel-vectors.json")
        do {
            return try JSONDecoder().decode(ChannelVectors.self, from: Data(contentsOf: file.standardized))
        } catch {
            fatalError("the vectors beside the tests cannot be read: \(error)")
        }
    }()
}
