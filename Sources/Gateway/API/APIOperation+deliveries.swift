import Kit
import Review
import Rules
import Store

extension APIOperation {
    static let deliveries: [APIOperation] = [
        APIOperation(
            method: .get, path: "/deliveries", id: "listDeliveries",
            summary: "Messages in the order in which they were decided",
            scope: .read, lane: .reading,
            parameters: [
                Parameter("rule", .text, "only of this rule"), Parameter("member", .text, "only to this member"),
                Parameter("channel", .text, "only on this channel"),
                Parameter(
                    "state", .text,
                    "only in these states, with commas between them: \(DeliveryState.allCases.map(\.rawValue).joined(separator: ", "))"
                ),
                Parameter("before", .text, "only decided before: a date, or RFC 3339"),
                Parameter("since", .text, "only decided since: a date, or RFC 3339"),
                Parameter("code", .text, "only of which the channel last said this"),
            ] + paging,
            answer: .page(delivery), act: APIDeliveries.list),
        APIOperation(
            method: .get, path: "/deliveries/{reference}", id: "getDelivery",
            summary: "A message by its number or reference, with its attempts and receipts", scope: .read,
            lane: .reading,
            answer: delivery, problems: [.notFound],
            act: { call, desk in
                guard let detail = try desk.store.delivery(call["reference"]) else { throw APIDeliveries.none }
                let types = desk.config.channels.map { ($0.id, $0.adapter.type) }
                let words = DeliveryWording(
                    speech: desk.speech(call), adapters: Dictionary(types, uniquingKeysWith: { first, _ in first }))
                return APIAnswer(words.json(detail))
            }),
        APIOperation(
            method: .post, path: "/deliveries/{reference}/retry", id: "retryDelivery",
            summary: "Tries a message again that did not leave; every gate is asked again", scope: .operate,
            lane: .writing,
            body: Body(
                schema: .object(
                    [
                        "not_arrived": .boolean.described(
                            "the provider says that an unclear try did not arrive")
                    ], optional: ["not_arrived"], isClosed: true), isRequired: false),
            answer: done, problems: [.notFound, .conflict, .invalid, .keyReused],
            act: { call, desk in
                try call.requireObject(["not_arrived"])
                guard let flag = (call.json["not_arrived"] ?? .bool(false)).flag else {
                    throw APIProblem(
                        .invalid, "`not_arrived` is true or false", "`not_arrived` 是 true 或 false", field: "not_arrived"
                    )
                }
                return try APIDeliveries.perform(.retry(notArrived: flag), call, desk)
            }),
        APIOperation(
            method: .post, path: "/deliveries/{reference}/cancel", id: "cancelDelivery",
            summary: "A message that is owed is not sent", scope: .operate, lane: .writing,
            body: Body(schema: nothing, isRequired: false), answer: done,
            problems: [.notFound, .conflict, .invalid, .keyReused],
            act: { call, desk in
                try call.requireObject([])
                return try APIDeliveries.perform(.cancel, call, desk)
            }),
    ]

    static let nothing = APISchema.object([:], isClosed: true)
    private static let done = APISchema.object(["done": .integer])
    private static let delivery = APISchema.object([
        "rule": .text, "member": .text, "occasion": .text, "state": .choice(DeliveryState.allCases.map(\.rawValue)),
        "reference": .text.orNull, "channel": .text, "id": .integer, "decided_at": .time, "send_by": .time,
        "code": .text.orNull,
    ])
}

enum APIDeliveries {
    static let none = APIProblem(.notFound, "there is no such delivery", "没有这条投递")

    static func list(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        let limit = try call.limit()
        let last = try call.cursor("deliveries", count: 1).map { values in
            guard let id = values[0].wholeNumber else { throw APICall.wrongCursor }
            return id
        }
        let page = try desk.store.deliveries(filter(call, desk), after: last ?? 0, atMost: limit)
        let words = DeliveryWording(speech: desk.speech(call))
        let next = page.count == limit ? page.last.map { APIText.encode("deliveries", [.int(Int($0.id))]) } : nil
        return APIAnswer(.page(page.map { words.json($0) }, next: next))
    }

    private static func filter(_ call: APICall, _ desk: APIDesk) throws -> DeliveryFilter {
        let zone = desk.speech(call).zone
        var filter = DeliveryFilter()
        filter.rule = call.query["rule"]
        filter.member = call.query["member"]
        filter.channel = call.query["channel"]
        filter.code = call.query["code"]
        filter.before = try call.instant("before", in: zone)
        filter.since = try call.instant("since", in: zone)
        filter.states = try (call.query["state"] ?? "").split(separator: ",").map { word in
            guard let state = DeliveryState(rawValue: String(word)) else {
                let words = DeliveryState.allCases.map(\.rawValue)
                let near = Suggestion.nearest(to: String(word.prefix(40)), among: words)
                throw APIProblem(
                    .badRequest,
                    "`state` is one of \(words.joined(separator: ", "))"
                        + (near.map { "; did you mean `\($0)`?" } ?? ""),
                    "`state` 只能是 \(words.joined(separator: "、"))" + (near.map { "；是不是 `\($0)`？" } ?? ""),
                    field: "state")
            }
            return state
        }
        return filter
    }

    static func perform(_ act: OperatorAct, _ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        try desk.write(call) { db in
            guard let id = try db.deliveryID(call["reference"]),
                let tally = try desk.store.perform(act, on: id, by: call.who, at: call.at, db)
            else { throw none }
            if let reason = tally.left.keys.first { throw APIProblem(.conflict, words(reason)) }
            return APIAnswer(.object(["done": .int(tally.done)]))
        }
    }

    private static func words(_ reason: OperatorAct.Reason) -> Bilingual {
        switch reason {
        case .ended: Bilingual("it has ended already", "已经结束")
        case .underWay: Bilingual("it is under way at this moment", "正在发送")
        case .tooLate: Bilingual("it is past the time by which it had to be sent", "已过最晚发送时间")
        case .unclear:
            Bilingual(
                "it is unclear whether it arrived; say `not_arrived: true` if the provider says that it did not",
                "不清楚是否已送达；渠道确认没有发出的，写 `not_arrived: true`")
        case .owedAlready: Bilingual("it is owed already", "本来就待发")
        case .arrived:
            Bilingual("its occasion is on its way or has arrived otherwise", "同一场合已另行发送或正在发送")
        }
    }
}
