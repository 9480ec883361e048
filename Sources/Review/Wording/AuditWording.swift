import Kit
import Rules
import Store

/// Words for the audit trail.
package struct AuditWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func line(_ row: AuditRow) -> String {
        let parts: [String?] = [
            speech.time(row.at), "\(row.who)@\(row.host)", action(row.action), row.subject,
            row.reason.map { MessageCatalogue.translate($0, into: speech.language) }, row.detail,
        ]
        return parts.compactMap(\.self).joined(separator: "  ")
    }

    /// The action's own word, and for Chinese its meaning as well.
    private func action(_ word: String) -> String {
        guard speech.language == .chinese, let action = AuditEntry.Action(rawValue: word) else { return word }
        let meaning =
            switch action {
            case .start: "启动"
            case .reload: "规则换版"
            case .apply: "应用计划"
            case .hold: "暂停"
            case .release: "放行"
            case .importing: "导入"
            case .reveal: "查看原文"
            case .settle: "按已接收处理"
            case .cancel: "取消"
            case .retry: "重发"
            case .consent: "登记同意"
            case .task: "待办"
            case .erase: "删除个人信息"
            case .restore: "恢复备份"
            case .key: "接口密钥"
            case .backup: "备份"
            case .upgrade: "升级"
            case .rekey: "更换加密密钥"
            case .merge: "合并会员"
            }
        return "\(word) (\(meaning))"
    }

    package func json(_ row: AuditRow) -> JSONText {
        func text(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }
        let detail = row.detail.flatMap { try? StrictJSON(parsing: $0) }.map { JSONText($0) }
        return .object([
            "n": .int(Int(row.number)), "at": .text(speech.time(row.at)), "who": .text(row.who),
            "host": .text(row.host), "action": .text(row.action), "subject": text(row.subject),
            "reason": text(row.reason), "detail": detail ?? .null, "hash": .text(Hex.text(row.hash).lowercased()),
        ])
    }

    // MARK: the check

    package func line(_ check: AuditCheck) -> String {
        let head = Hex.text(check.head).lowercased()
        switch check.fault {
        case nil:
            return speech.say(
                "the trail is whole: \(check.rows) rows, the last hash is \(head)",
                "审计记录完整：\(check.rows) 条，最后的哈希是 \(head)")
        case .changed(let number):
            return speech.say(
                "row \(number), or the one before it, is not as it was written",
                "第 \(number) 条或它的前一条与写入时不同")
        case .missing(let number):
            return speech.say("row \(number) is missing", "缺第 \(number) 条")
        case .shortened(let written):
            return speech.say(
                "\(written) rows were written and \(check.rows) are left", "写入过 \(written) 条，只剩 \(check.rows) 条")
        }
    }

    package func json(_ check: AuditCheck) -> JSONText {
        let (fault, number): (String?, Int64?) =
            switch check.fault {
            case nil: (nil, nil)
            case .changed(let number): ("changed", number)
            case .missing(let number): ("missing", number)
            case .shortened(let written): ("shortened", written)
            }
        return .object([
            "ok": .bool(check.fault == nil), "rows": .int(Int(check.rows)),
            "head": .text(Hex.text(check.head).lowercased()), "fault": fault.map(JSONText.text) ?? .null,
            "n": number.map { .int(Int($0)) } ?? .null,
        ])
    }
}
