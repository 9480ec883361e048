import Kit
import Policies
import Rules

/// What became of a task, asked for at even intervals. A task that is not confirmed in time is cancelled, so that the next
/// entry of `try` may be used without the member getting both.
extension WeComExternalChannel {
    var queries: QuerySchedule? { QuerySchedule(every: every, for: whole, perSecond: 20, perCall: 20) }

    func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer] {
        await each(sent) { await ask(about: $0, at: now) }
    }

    private func ask(about message: SentReference, at now: Instant) async -> QueryAnswer {
        guard let task = message.providerID else { return .unanswered(code: "no_id") }
        guard let customer = message.to else { return .unanswered(code: "no_address") }
        let answer = await result(of: task, for: customer, message, now)
        guard answer == .waiting, isLastLook(at: message, now) else { return answer }
        switch await asked("cancel_groupmsg_send", [.init("msgid", .text(task))]) {
        // The task may still be there, and the clerk may confirm it.
        case .failure(let refusal): return .unanswered(code: "cancel_\(refusal.code)")
        case .success:
            // A clerk may have been quicker than we were.
            let last = await result(of: task, for: customer, message, now)
            return last == .waiting ? receipt(.undelivered, code: "not_confirmed", of: message, at: now) : last
        }
    }

    /// The next look would be too late for the next entry of `try`.
    private func isLastLook(at message: SentReference, _ now: Instant) -> Bool {
        guard let end = message.fallsBackUntil else { return false }
        return now <= end && now.adding(micros: every.micros) >= end
    }

    /// The clerks of a task, and then what became of it with each, until one of them has the customer.
    private func result(
        of task: String, for customer: String, _ message: SentReference, _ now: Instant
    ) async -> QueryAnswer {
        let clerks: [StrictJSON]
        switch await pages("get_groupmsg_task", [.init("msgid", .text(task))], of: "task_list") {
        case .failure(let refusal): return .unanswered(code: refusal.code)
        case .success(let list): clerks = list
        }
        for clerk in clerks.compactMap({ $0["userid"]?.scalarText }) {
            let body: [JSONText.Member] = [.init("msgid", .text(task)), .init("userid", .text(clerk))]
            switch await pages("get_groupmsg_send_result", body, of: "send_list") {
            case .failure(let refusal): return .unanswered(code: refusal.code)
            case .success(let list):
                guard let item = list.first(where: { $0["external_userid"]?.scalarText == customer }) else { continue }
                return answer(item, message, now)
            }
        }
        return .waiting
    }

    private func answer(_ item: StrictJSON, _ message: SentReference, _ now: Instant) -> QueryAnswer {
        switch item["status"]?.scalarText {
        case "0": .waiting
        case "1":
            receipt(
                .delivered, code: "sent", of: message,
                at: CallbackBody.unix(item["send_time"]?.scalarText) ?? now)
        case "2": receipt(.undelivered, code: "not_a_friend", suppression: .bounce, of: message, at: now)
        case "3": receipt(.undelivered, code: "other_mass_message", of: message, at: now)
        default: .unanswered(code: "unlisted_status")
        }
    }

    private func receipt(
        _ status: Receipt.Status, code: String, suppression: SuppressionRow.Reason? = nil, of message: SentReference,
        at: Instant
    ) -> QueryAnswer {
        .known(
            Receipt(
                reference: message.reference, providerID: message.providerID, address: message.to, status: status,
                code: code, suppression: suppression, at: at))
    }
}

extension QueryAnswer {
    /// The clerk has not decided yet.
    fileprivate static let waiting = QueryAnswer.unanswered(code: "no_status_yet")
}

/// Why a call about a task said nothing.
private struct Silence: Error { let code: String }

extension WeComExternalChannel {
    /// The most pages that are read of one list. A task has one customer, so that one is enough.
    private static let mostPages = 20

    /// The items of a list, over all of its pages.
    private func pages(
        _ name: String, _ body: [JSONText.Member], of list: String
    ) async -> Result<[StrictJSON], Silence> {
        var items: [StrictJSON] = []
        var cursor = ""
        for _ in 0..<WeComExternalChannel.mostPages {
            let place = cursor.isEmpty ? [] : [JSONText.Member("cursor", .text(cursor))]
            switch await asked(name, body + [.init("limit", .int(500))] + place) {
            case .failure(let silence): return .failure(silence)
            case .success(let answer):
                if case .array(let page)? = answer[list] { items += page }
                cursor = answer["next_cursor"]?.scalarText ?? ""
                if cursor.isEmpty { return .success(items) }
            }
        }
        return .failure(Silence(code: "too_many_pages"))
    }

    /// One call about a task: the answer where its code is 0.
    private func asked(_ name: String, _ body: [JSONText.Member]) async -> Result<StrictJSON, Silence> {
        switch await exchange({ token in call(name, .object(body), token: token) }) {
        case .withheld: return .failure(Silence(code: "no_token"))
        case .result(.notSent(let fault)), .result(.unknown(let fault)): return .failure(Silence(code: fault.rawValue))
        case .result(.response(let response)):
            guard let code = WeChatAnswer.code(response), let answer = response.json else {
                return .failure(Silence(code: "http_\(response.status)"))
            }
            return code == "0" ? .success(answer) : .failure(Silence(code: ProviderCode.safe(code)))
        }
    }
}
