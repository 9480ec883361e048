import Kit
import Policies
import Rules
import Store

/// The Chinese of words that the store, JSON and our files have in English. One that an operator types back, such as a state
/// for `--state` or the status of a rule, stands before its meaning (decision 0126).
package enum StoredWords {
    /// `draft (草稿)`.
    static func status(_ status: Rule.Status, _ language: Language) -> String {
        guard language == .chinese else { return status.rawValue }
        let meaning =
            switch status {
            case .draft: "草稿"
            case .shadow: "影子"
            case .live: "生效"
            case .paused: "暂停"
            case .retired: "停用"
            }
        return "\(status.rawValue) (\(meaning))"
    }

    static func purpose(_ purpose: String, _ language: Language) -> String { cell(purpose, in: "purpose", language) }

    static func meaning(_ state: DeliveryState) -> String {
        switch state {
        case .pending: "待发"
        case .claimed: "已领取"
        case .sending: "发送中"
        case .accepted: "渠道已接收"
        case .delivered: "已送达"
        case .undelivered: "未送达"
        case .rejected: "被拒绝"
        case .unknown: "结果不明"
        case .retryWait: "等待重试"
        case .unknownClosed: "结果不明，已关闭"
        case .suppressed: "按规定不发"
        case .expired: "已过期"
        case .cancelled: "已取消"
        case .dead: "已放弃"
        }
    }

    /// `pending (待发)`; a state of an earlier version stays as it is.
    static func state(_ word: String, _ language: Language) -> String {
        guard language == .chinese, let state = DeliveryState(rawValue: word) else { return word }
        return "\(word) (\(meaning(state)))"
    }

    /// Why a delivery went from one state to another; the codes of providers stay.
    static func cause(_ word: String, _ language: Language) -> String {
        language == .chinese ? causes[word] ?? word : word
    }

    /// What a channel answered to one attempt.
    static func answer(_ word: String, _ language: Language) -> String {
        language == .chinese ? answers[word] ?? word : word
    }

    /// `suppressed unreachable`, as reports count what was not sent.
    static func ending(_ key: String, _ language: Language) -> String {
        guard language == .chinese else { return key }
        let parts = key.split(separator: " ", maxSplits: 1).map(String.init)
        let outcome = Outcome(rawValue: parts[0])?.word(in: .chinese) ?? parts[0]
        guard parts.count == 2 else { return outcome }
        return "\(outcome)（\(reason(parts[1], language))）"
    }

    /// Why nothing was sent, by the key of the reason alone.
    static func reason(_ key: String, _ language: Language) -> String {
        language == .chinese ? ReasonCode(rawValue: key)?.chinese ?? key : key
    }

    /// A word in a column of the store. Names of rules, tiers and the like are not in the table and stay.
    static func cell(_ word: String, in column: String, _ language: Language) -> String {
        guard language == .chinese else { return word }
        switch column {
        case "outcome": return Outcome(rawValue: word)?.word(in: .chinese) ?? word
        case "state": return cells["state"]?[word] ?? DeliveryState(rawValue: word).map(meaning) ?? word
        default: return cells[column]?[word] ?? word
        }
    }

    /// Why an event is in quarantine, as `--kind` takes it: `conflict (编号冲突)`.
    package static func quarantined(_ kind: Quarantined.Kind, _ language: Language) -> String {
        language == .chinese ? "\(kind.rawValue) (\(cell(kind.rawValue, in: "kind", language)))" : kind.rawValue
    }

    private static let personalisation = ["personalised": "个性化", "generic": "通用", "none": "不接受"]

    private static let cells: [String: [String: String]] = [
        "gender": ["female": "女", "male": "男", "unknown": "未知"],
        "status": ["active": "正常", "closed": "已注销", "paid": "已付款", "cancelled": "已取消", "refunded": "已退款"],
        "purpose": ["marketing": "营销", "service": "服务"],
        "state": [
            "granted": "同意", "withdrawn": "拒绝", "unused": "未使用", "used": "已使用", "expired": "已过期", "open": "未完成",
            "done": "已完成",
        ],
        "reason": ["opt_out": "退订", "bounce": "地址无效", "complaint": "投诉", "operator": "人工"],
        "kind": [
            "phone": "手机号", "email": "邮箱", "wechat_openid": "微信", "wecom_external_userid": "企业微信", "held": "暂缓",
            "existing": "已有会员", "rejected": "未接收", "conflict": "编号冲突",
        ],
        "personalisation": personalisation, "choice": personalisation,
    ]

    private static let causes = [
        "decided": "作出决定", "claim": "领取", "intent": "交给渠道", "accepted": "渠道接收", "receipt": "回执",
        "refused": "被拒绝", "released": "放回", "operator": "人工", "send_by": "已过最晚时间", "crash": "进程中断", "timer": "到时",
        "held": "暂停中", "poison": "反复中断", "not_sent": "没有发出", "rule_not_live": "规则未生效", "resend": "重发",
        "complaint": "投诉", "channel": "渠道", "rule": "规则", "fallback": "改走其他渠道", "merged": "会员合并", "erased": "信息已删除",
    ]

    private static let answers = [
        "accepted": "已接收", "rejected": "被拒绝", "unknown": "结果不明", "not_sent": "没有发出",
    ]
}

extension Outcome {
    /// In English the word of files and JSON, in Chinese its meaning.
    package func word(in language: Language) -> String {
        language == .chinese ? word(Phrases(language: language)) : rawValue
    }
}
