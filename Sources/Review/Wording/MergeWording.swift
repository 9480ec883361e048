import Kit
import Rules
import Store

/// Words for a merge of two members.
package struct MergeWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func question(_ duplicate: String, into member: String) -> String {
        let (other, shown) = (Mask.key(duplicate), Mask.key(member))
        return speech.say(
            "merge \(other) into \(shown)? \(other) is then another name of \(shown); this cannot be undone.",
            "把 \(other) 合并到 \(shown)？此后 \(other) 就是 \(shown) 的另一个编号；此操作无法撤销。")
    }

    package func already(_ duplicate: String, into member: String) -> String {
        let (other, shown) = (Mask.key(duplicate), Mask.key(member))
        return speech.say(
            "\(other) was merged into \(shown) before; nothing was changed", "\(other) 之前已合并到 \(shown)；没有改动任何内容")
    }

    /// - Parameter isTrial: nothing was changed.
    package func page(_ merge: MemberMerge, isTrial: Bool) -> String {
        var lines = [
            isTrial
                ? speech.say("nothing was changed; the merge would do this:", "没有改动任何内容；合并将会：")
                : speech.say("merged:", "已合并：")
        ]
        lines += [rows(merge), profile(merge), refusals(merge), decisions(merge)].flatMap { $0 }.map { "  " + $0 }
        return lines.joined(separator: "\n")
    }

    private func rows(_ merge: MemberMerge) -> [String] {
        let counts = merge.moved.sorted { $0.key < $1.key }.map {
            "\(PersonWording.heading($0.key, speech.language)) \($0.value)"
        }
        let list = counts.isEmpty ? speech.say("none", "无") : counts.joined(separator: speech.say(", ", "、"))
        return [speech.say("rows taken over: \(list)", "转入的记录：\(list)")]
    }

    private func profile(_ merge: MemberMerge) -> [String] {
        var lines: [String] = []
        let comma = speech.say(", ", "、")
        if !merge.filled.isEmpty {
            let list = merge.filled.map { PersonWording.label($0, speech.language) }.joined(separator: comma)
            lines.append(speech.say("lacked, and taken over: \(list)", "原来缺少、由其补上：\(list)"))
        }
        if !merge.dropped.isEmpty {
            let list = merge.dropped.map { PersonWording.label($0.rawValue, speech.language) }.joined(separator: comma)
            lines.append(
                speech.say("another one is kept, and this one dropped: \(list)", "保留自己的、舍去对方的：\(list)"))
        }
        return lines
    }

    private func refusals(_ merge: MemberMerge) -> [String] {
        var lines: [String] = []
        if !merge.refusals.isEmpty {
            let list = merge.refusals.map {
                "\($0.channel) \(StoredWords.purpose($0.purpose.rawValue, speech.language))"
            }
            .joined(separator: speech.say(", ", "、"))
            lines.append(
                speech.say(
                    "refused from now on, until there is a later consent: \(list)", "从现在起按拒绝处理，直到有更晚的同意：\(list)"))
        }
        if merge.addressRefusals > 0 {
            lines.append(
                speech.say(
                    "noes that go on for an address: \(merge.addressRefusals)", "继续对地址有效的拒绝：\(merge.addressRefusals)"))
        }
        if !merge.unconfirmed.isEmpty {
            let list = merge.unconfirmed.joined(separator: speech.say(", ", "、"))
            lines.append(
                speech.say(
                    "a consent that waits for its confirmation is dropped, ask again: \(list)",
                    "尚待本人确认的同意作废，请重新征求：\(list)"))
        }
        return lines
    }

    private func decisions(_ merge: MemberMerge) -> [String] {
        var lines = [
            speech.say(
                "decisions taken over: \(merge.decisions); occasions that both had: \(merge.repeated)",
                "转入的决定：\(merge.decisions)；双方都有的场合：\(merge.repeated)"),
            speech.say(
                "deliveries cancelled, because the other one has it: \(merge.cancelled)",
                "因另一方已有而取消的投递：\(merge.cancelled)"),
        ]
        lines += merge.cancelledFor.map { "  \($0.rule)  \(Mask.text($0.occasion))" }
        if merge.underWay > 0 {
            lines.append(
                speech.say(
                    "being handed over at this moment, twice: \(merge.underWay)", "此刻正在重复交出：\(merge.underWay)"))
        }
        return lines
    }

    package func json(_ answer: MergeAnswer, isTrial: Bool) -> JSONText {
        guard case .merged(let merge) = answer else {
            return .object(["merged": .bool(true), "changed": .bool(false)])
        }
        return .object([
            "merged": .bool(!isTrial), "changed": .bool(!isTrial),
            "rows": .object(merge.moved.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }),
            "filled": .list(merge.filled.map(JSONText.text)),
            "dropped": .list(merge.dropped.map { .text($0.rawValue) }),
            "refusals": .list(
                merge.refusals.map {
                    .object(["channel": .text($0.channel), "purpose": .text($0.purpose.rawValue)])
                }),
            "address_refusals": .int(merge.addressRefusals),
            "dropped_requests": .list(merge.unconfirmed.map(JSONText.text)), "decisions": .int(merge.decisions),
            "repeated": .int(merge.repeated), "cancelled": .int(merge.cancelled),
            "cancelled_for": .list(
                merge.cancelledFor.map {
                    .object(["rule": .text($0.rule), "occasion": .text(Mask.text($0.occasion))])
                }), "under_way": .int(merge.underWay),
        ])
    }
}
