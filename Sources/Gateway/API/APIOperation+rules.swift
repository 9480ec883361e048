import Kit
import Policies
import Review
import Rules
import Store

extension APIOperation {
    static let rules: [APIOperation] = [
        asked, stops("", "everything") { _ in .all }, stops("/rules/{id}", "a rule") { .rule($0["id"]) },
        stops("/channels/{id}", "a channel") { .channel($0["id"]) },
    ].flatMap(\.self)

    private static let asked: [APIOperation] =
        [
            APIOperation(
                method: .get, path: "/rules", id: "listRules", summary: "The rules in force, and what holds them",
                scope: .read, lane: .reading,
                answer: .object([
                    "version": .integer.orNull,
                    "items": .list(
                        .object([
                            "id": .text, "name": .text, "status": .choice(Rule.Status.allCases.map(\.rawValue)),
                            "purpose": .choice(Rule.Purpose.allCases.map(\.rawValue)), "held": .list(stop),
                        ])),
                ]), act: APIRules.list),
            APIOperation(
                method: .get, path: "/holds", id: "listHolds", summary: "Every stop in force, the oldest first",
                scope: .read, lane: .reading, answer: .object(["held": .list(stop)]),
                act: { call, desk in
                    APIAnswer(
                        .object(["held": .list(try desk.store.stops().map(StopWording(speech: desk.speech(call)).json))]
                        ))
                }),
            APIOperation(
                method: .get, path: "/explain", id: "explain",
                summary: "Why one member got something of one rule, or nothing: as `nudged explain --json`",
                scope: .read, lane: .slow,
                parameters: [
                    Parameter("rule", .words(atMost: 200), "the rule, whatever its status", isRequired: true),
                    Parameter("member", .words(atMost: 256), "the member's id", isRequired: true),
                    Parameter(
                        "at", .words(atMost: 40), "a date (all of that day), or a time", isRequired: true),
                ],
                answer: .object(["version": .integer, "acts": .boolean, "explanations": .list(.anyObject)]),
                problems: [.notFound], act: APIRules.explain),
            APIOperation(
                method: .get, path: "/status", id: "getStatus",
                summary: "How all of it stands, and what of that needs a person: as `nudged status --json`",
                scope: .read, lane: .slow,
                answer: .object(["at": .time, "ok": .boolean, "attention": .list(.anyObject)]),
                act: { call, desk in
                    let speech = desk.speech(call)
                    let report = try StatusReport(desk.config, desk.store, zone: speech.zone, at: call.at)
                    return APIAnswer(StatusWording(speech: speech).json(report))
                }),
        ]

    private static let stop = APISchema.object(["scope": .text, "since": .time, "who": .text, "reason": .text])

    /// Hold and release of one kind of thing.
    private static func stops(
        _ path: String, _ words: String, _ scope: @escaping @Sendable (APICall) -> StopScope
    ) -> [APIOperation] {
        let name = path.split(separator: "/").first.map { String($0.dropLast()) } ?? "all"
        let problems: [APIProblem.Kind] = (path.isEmpty ? [] : [.notFound]) + [.invalid, .keyReused]
        return [
            APIOperation(
                method: .post, path: "\(path)/hold", id: "hold_\(name)",
                summary: "The emergency stop of \(words): nothing of it leaves from the next send on", scope: .operate,
                lane: .writing,
                body: Body(
                    schema: .object(
                        ["reason": .words(atMost: 1000).described("why, for whoever finds it stopped")], isClosed: true)
                ),
                answer: .object(["held": .list(stop)]), problems: problems,
                act: { try APIRules.hold(scope($0), $0, $1) }),
            APIOperation(
                method: .post, path: "\(path)/release", id: "release_\(name)",
                summary: "Ends the hold of \(words), of an operator or of the blast guard", scope: .operate,
                lane: .writing, body: Body(schema: nothing, isRequired: false),
                answer: .object(["ended": .list(stop), "held": .list(stop)]), problems: problems,
                act: { try APIRules.release(scope($0), $0, $1) }),
        ]
    }
}

enum APIRules {
    static func list(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        let set = try desk.inForce()
        let stops = try desk.store.stops()
        let words = StopWording(speech: desk.speech(call))
        let version = try desk.store.rulesInForce()?.version
        let items = set.rules.map { rule -> JSONText in
            let scopes = StopWording.ofEverything.union(["rule:\(rule.id)", "blast:\(rule.id)"])
            return .object([
                "id": .text(rule.id), "name": .text(rule.name), "status": .text(rule.status.rawValue),
                "purpose": .text(rule.purpose.rawValue), "priority": .int(rule.priority), "owner": .text(rule.owner),
                "file": .text(rule.origin.file), "line": .int(rule.origin.line),
                "held": .list(stops.filter { scopes.contains($0.scope) }.map(words.json)),
            ])
        }
        return APIAnswer(
            .object(["version": version.map { .int($0) } ?? .null, "items": .list(items)]))
    }

    static func explain(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        let (rule, member, at) = (call.query["rule"] ?? "", call.query["member"] ?? "", call.query["at"] ?? "")
        let set = try desk.inForce()
        guard set.rules.contains(where: { $0.id == rule }) else {
            let near = Suggestion.nearest(to: rule, among: set.rules.map(\.id))
            throw APIProblem(
                .notFound, "there is no such rule" + (near.map { "; did you mean `\($0)`?" } ?? ""),
                "没有这条规则" + (near.map { "；是不是 `\($0)`？" } ?? ""), field: "rule")
        }
        guard let start = try call.instant("at", in: set.settings.zone) else {
            throw APIProblem(.badRequest, "the parameter `at` is missing", "缺少参数 `at`", field: "at")
        }
        do {
            let report = try ExplainReport.ofStore(
                desk.config.storeURL, set, channels: desk.config.channelDeclarations, rule: rule, member: member,
                window: ExplainWindow.from(start, written: at, in: set.settings.zone), language: call.language)
            return APIAnswer(report.json)
        } catch is Explainer.NoMember {
            throw try APIProblem.noMember(member, in: desk.store)
        }
    }

    static func hold(_ scope: StopScope, _ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        try call.requireObject(["reason"])
        let reason = try call.words("reason")
        try require(scope, desk)
        let words = StopWording(speech: desk.speech(call))
        let stop = { (db: Session) throws -> APIAnswer in
            try db.stop(scope, reason: reason, who: call.who, at: call.at)
            return APIAnswer(.object(["held": .list(try db.stops().map(words.json))]))
        }
        // Whoever asks for it again may have seen it released, and is told that it is held: so it is.
        return try desk.write(call, again: stop, stop)
    }

    static func release(_ scope: StopScope, _ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        try call.requireObject([])
        let held = Set(try desk.store.stops().map(\.scope))
        // Every hold may be released, even if its name is no longer known.
        if !held.contains(scope.text), !held.contains("blast:\(call["id"])") { try require(scope, desk) }
        let words = StopWording(speech: desk.speech(call))
        // The same release again ends nothing that was held since, and says what is held now.
        let now = { (db: Session) throws -> APIAnswer in
            APIAnswer(.object(["ended": .list([]), "held": .list(try db.stops().map(words.json))]))
        }
        return try desk.write(call, again: now) { db in
            let ended = try desk.store.release([scope], by: call.who, at: call.at, db)
            return APIAnswer(
                .object([
                    "ended": .list(ended.map(words.json)), "held": .list(try db.stops().map(words.json)),
                ]))
        }
    }

    /// A stop of a name that nobody knows would stop nothing.
    private static func require(_ scope: StopScope, _ desk: APIDesk) throws {
        do { try KnownNames(desk.config, desk.store).require(scope) } catch let unknown as KnownNames.Unknown {
            throw APIProblem(.notFound, unknown.words)
        }
    }
}
