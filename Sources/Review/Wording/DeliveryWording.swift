import Kit
import Rules
import Store

/// Words for deliveries and what operators do to them.
package struct DeliveryWording {
    package let speech: Speech
    /// The types of channels, by name, where nudged.yaml is at hand.
    private let adapters: [String: String]

    package init(speech: Speech, adapters: [String: String] = [:]) { (self.speech, self.adapters) = (speech, adapters) }

    // MARK: one delivery

    package func line(_ delivery: DeliveryListing) -> String {
        [
            delivery.rule, delivery.member, delivery.occasion, state(delivery.state), delivery.channel,
            delivery.reference ?? "-", "#\(delivery.id)", speech.time(delivery.decidedAt), delivery.code ?? "-",
        ].joined(separator: "  ")
    }

    package func json(_ delivery: DeliveryListing) -> JSONText { .object(members(delivery)) }

    private func members(_ delivery: DeliveryListing) -> [JSONText.Member] {
        [
            .init("rule", .text(delivery.rule)), .init("member", .text(delivery.member)),
            .init("occasion", .text(delivery.occasion)), .init("state", .text(delivery.state.rawValue)),
            .init("reference", text(delivery.reference)), .init("channel", .text(delivery.channel)),
            .init("id", .int(Int(delivery.id))), .init("step", .int(delivery.step)),
            .init("decided_at", .text(speech.time(delivery.decidedAt))),
            .init("send_by", .text(speech.time(delivery.sendBy))), .init("code", text(delivery.code)),
        ]
    }

    private func text(_ value: String?) -> JSONText { value.map { .text($0) } ?? .null }

    // MARK: counts

    package func line(_ count: Int, _ keys: [DeliveryKey], _ values: [String?]) -> String {
        let shown = zip(keys, values).map { key, value in
            key == .state ? value.map { StoredWords.state($0, speech.language) } : value
        }
        return ([String(count)] + shown.map { $0 ?? "-" }).joined(separator: "  ")
    }

    package func json(_ count: Int, _ keys: [DeliveryKey], _ values: [String?]) -> JSONText {
        .object([.init("count", .int(count))] + zip(keys, values).map { JSONText.Member($0.rawValue, text($1)) })
    }

    // MARK: one delivery in detail

    package func page(_ detail: DeliveryDetail) -> String {
        let delivery = detail.listing
        let rows: [(String, String, String)] = [
            ("rule", "规则", delivery.rule), ("member", "会员", delivery.member),
            ("occasion", "场合", delivery.occasion), ("step", "第几条", String(delivery.step)),
            ("state", "状态", state(delivery.state)), ("channel", "渠道", delivery.channel),
            ("template", "模板", detail.template),
            ("purpose", "用途", StoredWords.purpose(detail.purpose, speech.language)),
            ("address", "地址", detail.address ?? "-"), ("decided", "决定于", speech.time(delivery.decidedAt)),
            ("not before", "不早于", speech.time(detail.notBefore)), ("send by", "最晚", speech.time(delivery.sendBy)),
        ]
        let head = rows.map { english, chinese, value in "\(speech.say(english, chinese)): \(value)" }
        let tries = detail.attempts.map { attempt in
            let answer = attempt.outcome.map {
                StoredWords.answer($0, speech.language) + (attempt.code.map { " " + code($0, of: delivery) } ?? "")
            }
            return speech.say("attempt", "尝试")
                + " \(attempt.number): \(speech.time(attempt.at))  \(attempt.reference)  "
                + (answer ?? speech.say("under way", "进行中")) + (attempt.providerID.map { "  \($0)" } ?? "")
        }
        let reports = detail.receipts.map { report in
            let part = report.part == 1 ? "" : speech.say(" of part \(report.part)", "，第 \(report.part) 段")
            let word = report.code == report.status ? "" : "  " + code(report.code, of: delivery)
            return "\(speech.say("receipt", "回执")): \(speech.time(report.at))  \(status(report.status))\(part)\(word)"
                + (report.isContradicting
                    ? speech.say("  (contradicts the state, which stayed)", "  （与状态矛盾，状态不变）") : "")
        }
        let changes = detail.changes.map { change in
            let states = [change.from, change.to].map { $0.map { StoredWords.state($0, speech.language) } ?? "-" }
            return states.joined(separator: " → ") + "  (\(StoredWords.cause(change.cause, speech.language)))"
        }
        return (["#\(delivery.id)"] + (head + tries + reports + changes).map { "  " + $0 }).joined(separator: "\n")
    }

    private func code(_ code: String, of delivery: DeliveryListing) -> String {
        CodeWording(speech: speech).code(code, adapter: adapters[delivery.channel])
    }

    private func status(_ status: String) -> String {
        guard speech.language == .chinese else { return status }
        let words = ["sent": "已发出", "delivered": "已送达", "undelivered": "未送达"]
        return words[status].map { "\(status) (\($0))" } ?? status
    }

    package func json(_ detail: DeliveryDetail) -> JSONText {
        .object(
            members(detail.listing) + [
                .init("template", .text(detail.template)), .init("purpose", .text(detail.purpose)),
                .init("not_before", .text(speech.time(detail.notBefore))), .init("address", text(detail.address)),
                .init(
                    "attempts",
                    .list(
                        detail.attempts.map { attempt in
                            .object([
                                "n": .int(attempt.number), "reference": .text(attempt.reference),
                                "at": .text(speech.time(attempt.at)), "outcome": text(attempt.outcome),
                                "code": text(attempt.code),
                                "words": text(
                                    attempt.code.map {
                                        CodeWording(speech: speech).words($0, adapter: adapters[detail.listing.channel])
                                    }), "provider_id": text(attempt.providerID),
                                "answered_at": text(attempt.answeredAt.map(speech.time)),
                            ])
                        })),
                .init(
                    "receipts",
                    .list(
                        detail.receipts.map { report in
                            .object([
                                "status": .text(report.status), "code": .text(report.code),
                                "words": .text(
                                    CodeWording(speech: speech).words(
                                        report.code, adapter: adapters[detail.listing.channel])),
                                "part": .int(report.part), "at": .text(speech.time(report.at)),
                                "contradicts": .bool(report.isContradicting),
                            ])
                        })),
                .init(
                    "transitions",
                    .list(
                        detail.changes.map {
                            .object(["from": text($0.from), "to": .text($0.to), "cause": .text($0.cause)])
                        })),
            ])
    }

    /// The state's contract word, and for Chinese its meaning as well.
    private func state(_ state: DeliveryState) -> String {
        StoredWords.state(state.rawValue, speech.language)
    }

    // MARK: what is done

    package func wouldDo(_ act: OperatorAct, _ tally: OperatorTally) -> String {
        let count = deliveries(tally.done)
        switch act {
        case .cancel: return speech.say("\(count) would not be sent any more", "\(count)将不再发送") + left(tally)
        case .retry: return speech.say("\(count) would be tried again", "\(count)将重新发送") + left(tally)
        }
    }

    package func done(_ act: OperatorAct, _ tally: OperatorTally) -> String {
        let count = deliveries(tally.done)
        switch act {
        case .cancel: return speech.say("cancelled: \(count)", "已取消：\(count)") + left(tally)
        case .retry: return speech.say("to be tried again: \(count)", "将重新发送：\(count)") + left(tally)
        }
    }

    package func question(_ act: OperatorAct) -> String {
        act == .cancel ? speech.say("cancel them?", "确定取消？") : speech.say("try them again?", "确定重新发送？")
    }

    package func json(_ act: OperatorAct, _ tally: OperatorTally) -> JSONText {
        let left = OperatorAct.Reason.allCases.compactMap { reason in
            tally.left[reason].map { JSONText.Member(reason.rawValue, .int($0)) }
        }
        return .object([.init("done", .int(tally.done)), .init("left", .object(left))])
    }

    private func deliveries(_ count: Int) -> String {
        speech.say(count == 1 ? "1 delivery" : "\(count) deliveries", "\(count) 条")
    }

    private func left(_ tally: OperatorTally) -> String {
        OperatorAct.Reason.allCases.compactMap { reason in
            tally.left[reason].map { "\n  \(speech.say("left", "保持不变")): \($0), \(words(reason))" }
        }.joined()
    }

    private func words(_ reason: OperatorAct.Reason) -> String {
        switch reason {
        case .ended: speech.say("ended already", "已经结束")
        case .underWay: speech.say("under way at this moment", "正在发送")
        case .tooLate: speech.say("past the time by which they had to be sent", "已过最晚发送时间")
        case .unclear:
            speech.say(
                "unclear whether they arrived; --not-arrived if the provider says that they did not",
                "不清楚是否已送达；渠道确认没有发出的，加 --not-arrived")
        case .owedAlready: speech.say("owed already", "本来就待发")
        case .arrived:
            speech.say("of an occasion that is on its way or has arrived otherwise", "同一场合已另行发送或正在发送")
        }
    }

    // MARK: settling

    package func wouldSettle(_ tally: SettleTally) -> String {
        speech.say(
            "\(deliveries(tally.settled)) that \(tally.settled == 1 ? "is" : "are") owed or unclear here would count as accepted",
            "这里待发或结果不明的 \(tally.settled) 条将按已接收处理") + rest(tally)
    }

    package func settled(_ tally: SettleTally) -> String {
        speech.say("settled: \(deliveries(tally.settled))", "已处理：\(tally.settled) 条") + rest(tally)
    }

    private func rest(_ tally: SettleTally) -> String {
        let parts = [
            (tally.known, speech.say("known as accepted already", "本来就是已接收")),
            (tally.left, speech.say("ended otherwise or under way: left as they are", "已另行结束或正在发送，保持不变")),
            (
                tally.unmatched.count,
                speech.say(
                    "of nothing that is owed here: not decided here, or not of this store", "这里没有对应的待发消息")
            ),
        ]
        return parts.filter { $0.0 > 0 }.map { "\n  \($0.0) \($0.1)" }.joined()
            + tally.unmatched.prefix(20).map { "\n    \($0)" }.joined()
    }

    package func json(_ tally: SettleTally) -> JSONText {
        .object([
            "settled": .int(tally.settled), "known": .int(tally.known), "left": .int(tally.left),
            "unmatched": .list(tally.unmatched.map { .text($0) }),
        ])
    }
}
