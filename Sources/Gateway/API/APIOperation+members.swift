import Intake
import Kit
import Review
import Rules
import Store

extension APIOperation {
    static let members: [APIOperation] = [
        APIOperation(
            method: .get, path: "/members", id: "listMembers", summary: "Members in the order of their ids, masked",
            scope: .read, lane: .reading, parameters: paging,
            answer: .page(.object(["id": .text, "status": .text])),
            act: { call, desk in
                let limit = try call.limit()
                let last = try call.cursor("members", count: 1).map { values in
                    guard let id = values[0].string else { throw APICall.wrongCursor }
                    return id
                }
                let page = try desk.store.members(after: last ?? "", atMost: limit)
                let words = PersonWording(speech: desk.speech(call), isRevealed: false)
                let next = page.rows.count == limit ? page.rows.last.flatMap { String.read($0[0]) } : nil
                return APIAnswer(.page(words.rows(page), next: next.map { APIText.encode("members", [.text($0)]) }))
            }),
        APIOperation(
            method: .get, path: "/members/{id}", id: "getMember",
            summary: "Who a member is and what they agreed to; masked, unless `reveal` gives a reason",
            scope: .read, lane: .reading,
            parameters: [
                Parameter(
                    "reveal", .words(atMost: 200),
                    "why nothing is to be masked, for the audit trail; needs the scope `reveal`")
            ],
            answer: .object(["member": .text, "masked": .boolean, "profile": .anyObject]), problems: [.notFound],
            hasTag: true, act: APIMembers.show),
        APIOperation(
            method: .put, path: "/members/{id}", id: "putMember",
            summary: "A member as a whole: what the body lacks is emptied, except custom attributes",
            scope: .write, lane: .writing, body: Body(schema: .row(.members, isPartial: true)),
            statuses: [200, 201], answer: written, problems: [.notFound, .invalid, .preconditionFailed], hasTag: true,
            act: { try APIMembers.write($0, $1, isWhole: true) }),
        APIOperation(
            method: .patch, path: "/members/{id}", id: "patchMember",
            summary: "Some columns of a member; null empties one", scope: .write, lane: .writing,
            body: Body(schema: .row(.members, isPartial: true)), answer: written,
            problems: [.notFound, .invalid, .preconditionFailed], hasTag: true,
            act: { try APIMembers.write($0, $1, isWhole: false) }),
        APIOperation(
            method: .delete, path: "/members/{id}", id: "eraseMember",
            summary: "Erases everything personal of a member, for good", scope: .admin, lane: .writing,
            parameters: [
                Parameter("reason", .words(atMost: 200), "why, for the audit trail", isRequired: true)
            ],
            answer: .object(["erased": .boolean, "rows": .integer, "cancelled": .integer]),
            problems: [.notFound, .preconditionFailed], hasTag: true, act: APIMembers.erase),
        APIOperation(
            method: .post, path: "/members/{id}/merge", id: "mergeMember",
            summary: "Makes the duplicate `from` another name of this member, for good", scope: .admin, lane: .writing,
            body: Body(
                schema: .object(
                    [
                        "from": .words(atMost: 1000).described("the id of the duplicate"),
                        "reason": .words(atMost: 1000).described("why, for the audit trail"),
                    ], optional: ["reason"], isClosed: true)),
            answer: .object(["merged": .boolean, "changed": .boolean]), problems: [.notFound, .invalid, .conflict],
            act: APIMembers.merge),
    ]

    static let paging = [
        Parameter("limit", .number(APICall.limits), "rows of a page, 100 where it is not stated"),
        Parameter("cursor", .text, "the `next` of the page before"),
    ]

    private static let written = APISchema.object(["outcome": .choice(["inserted", "updated", "unchanged"])])
}

extension JSONText {
    /// A page of a list, and where the next one begins.
    static func page(_ items: [JSONText], next: String?) -> JSONText {
        .object(["items": .list(items), "next": next.map { .text($0) } ?? .null])
    }
}

extension RowWriter.Written {
    var word: String {
        switch self {
        case .inserted: "inserted"
        case .updated: "updated"
        case .unchanged: "unchanged"
        }
    }
}

enum APIMembers {
    static func show(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        let member = call["id"]
        let reason = call.query["reveal"]
        if let reason {
            try desk.require(.reveal, call)
            guard !reason.utf8.allSatisfy({ $0 <= 0x20 }), reason.unicodeScalars.count <= 200 else {
                throw APIProblem(
                    .badRequest, "`reveal` says why, in at most 200 characters", "`reveal` 写明原因，最多 200 个字符",
                    field: "reveal")
            }
        }
        guard let (record, tag) = try desk.store.profile(of: member) else {
            throw try APIProblem.noMember(member, in: desk.store)
        }
        if let reason {
            try desk.store.auditReveal(of: member, reason: reason, what: "api members", by: call.who, at: call.at)
        }
        let words = PersonWording(speech: desk.speech(call), isRevealed: reason != nil)
        return APIAnswer(words.profile(record), fields: [("ETag", "\"\(tag)\"")])
    }

    /// - Parameter isWhole: what the body lacks is emptied.
    static func write(_ call: APICall, _ desk: APIDesk, isWhole: Bool) throws -> APIAnswer {
        var (row, stated) = try APIRowReading(.members, call, desk).member(call)
        if isWhole {
            row.tags = row.tags ?? []
            stated = nil
        }
        return try desk.write(call) { db in
            // A row under an old id is the other member's.
            let member = try db.memberToday(call["id"])
            let before = try db.profile(of: member)
            try requireMatch(call, before?.tag)
            if !isWhole, before == nil { throw APIProblem.noMember(wasErased: false) }
            var rows = APIRows(db, at: call.at)
            switch try rows.write(.member(row), stating: stated) {
            case .failure(let rejection):
                let item = rejection.item(0)
                throw APIProblem(.invalid, item.reason, field: item.field)
            case .success(let written):
                let tag = try db.profile(of: member)?.tag
                return APIAnswer(
                    status: before == nil ? 201 : 200, .object(["outcome": .text(written.word)]),
                    fields: tag.map { [("ETag", "\"\($0)\"")] } ?? [])
            }
        }
    }

    static func erase(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        let reason = call.query["reason"] ?? ""
        guard !reason.utf8.allSatisfy({ $0 <= 0x20 }), reason.unicodeScalars.count <= 200 else {
            throw APIProblem(
                .badRequest, "`reason` says why, in at most 200 characters", "`reason` 写明原因，最多 200 个字符",
                field: "reason")
        }
        let member = call["id"]
        if call.ifMatch != nil || call.ifNoneMatch != nil {
            try requireMatch(call, try desk.store.profile(of: member)?.tag)
        }
        guard let erasure = try desk.store.erase(member, reason: reason, by: call.who, at: call.at) else {
            throw try APIProblem.noMember(member, in: desk.store)
        }
        return APIAnswer(ErasureWording(speech: desk.speech(call)).json(erasure))
    }

    static func merge(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        try call.requireObject(["from", "reason"])
        let duplicate = try call.words("from")
        let reason = call.json["reason"] == nil ? nil : try call.words("reason")
        let words = MergeWording(speech: desk.speech(call))
        return try desk.write(call) { db in
            do {
                let answer = try db.merge(duplicate, into: call["id"], reason: reason, by: call.who, at: call.at)
                return APIAnswer(words.json(answer, isTrial: false))
            } catch MergeObjection.same {
                throw APIProblem(.conflict, "a member cannot be merged into itself", "会员不能合并到自己", field: "from")
            } catch MergeObjection.unknown(let id) {
                throw APIProblem.noMember(wasErased: try db.wasErased(id))
            } catch MergeObjection.isMerged(let id, let other) {
                throw APIProblem.merged(id, into: other, .conflict)
            }
        }
    }

    /// - Parameter tag: of what is stored; nil where there is nothing.
    private static func requireMatch(_ call: APICall, _ tag: String?) throws {
        if let wanted = call.ifMatch, !(names(wanted, tag)) {
            throw APIProblem(
                .preconditionFailed, "the member is not as `If-Match` says: read them again, and then change them",
                "会员与 `If-Match` 不符：请重新读取后再改")
        }
        if let unwanted = call.ifNoneMatch, names(unwanted, tag) {
            throw APIProblem(
                .preconditionFailed, "the member is as `If-None-Match` says that they must not be",
                "会员与 `If-None-Match` 相符，不作改动")
        }
    }

    private static func names(_ field: String, _ tag: String?) -> Bool {
        guard let tag else { return false }
        return field.split(separator: ",").map { String($0).withoutOuterSpaces }.contains {
            $0 == "*" || $0 == "\"\(tag)\""
        }
    }
}
