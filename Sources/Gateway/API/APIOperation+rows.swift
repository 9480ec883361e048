import Intake
import Kit
import Review
import Rules
import Store

extension APIOperation {
    /// The kinds that come in batches. The lines of orders come with their orders.
    static let batches: [ImportKind] = ImportKind.allCases.filter { $0 != .orderItems }
    static let mostRows = 1000

    static let rows: [APIOperation] = batches.map { kind in
        APIOperation(
            method: .post, path: "/\(kind.rawValue)", id: "post_\(kind.rawValue)",
            summary:
                "A batch of \(kind.rawValue.replacing("_", with: " ")), read as `nudged import \(kind.rawValue)` reads them",
            scope: .write, lane: .writing, body: Body(schema: .list(.row(kind), 1...mostRows)),
            answer: .object([
                "accepted": .integer, "rejected": .integer,
                "results": .list(
                    .object(
                        [
                            "index": .integer, "outcome": .choice(["inserted", "updated", "unchanged", "rejected"]),
                            "field": .text.orNull, "reason": .text,
                        ], optional: ["field", "reason"])),
            ]), problems: [.invalid, .keyReused] + (kind == .events ? [.conflict] : []),
            act: { try APIRowReading(kind, $0, $1).batch($0, $1) })
    }
}

extension APISchema {
    /// One object of a kind, by the names of the contract.
    /// - Parameter isPartial: no column is required.
    static func row(_ kind: ImportKind, isPartial: Bool = false) -> APISchema {
        let entries = ImportGuide.entries(kind)
        let properties = entries.map { entry in
            let schema: APISchema =
                switch entry.column.type {
                case .list: .cells
                case .json: .anything
                default: .cell
                }
            return (entry.column.rawValue, schema.described(entry.meaning.english, example: entry.example))
        }
        return object(
            properties, required: isPartial ? [] : kind.required.map(\.rawValue), isClosed: true,
            patterns: kind == .members ? [("^attr\\.", .anything)] : [])
    }
}

/// Reads the objects of a call as the rows of a file are read.
struct APIRowReading {
    private let kind: ImportKind
    private let options: Importer.Options
    private let today: LocalDate
    private var objects: ObjectReader

    private struct Row {
        var row: IntakeRow
        /// Nil: all columns.
        var stated: ColumnSet?
    }

    init(_ kind: ImportKind, _ call: APICall, _ desk: APIDesk) throws {
        self.kind = kind
        options = try desk.reading(call)
        today = options.zone.date(of: call.at)
        objects = ObjectReader(kind, attributes: options.attributeNames)
    }

    private mutating func row(_ json: StrictJSON, at index: Int) throws -> Result<Row, ItemFailure> {
        let record = objects.record(json, number: index + 1)
        if let name = record.unknown.first, record.damage == nil {
            return .failure(ItemFailure(item: APICall.noField(name, among: kind.columns.map(\.rawValue), at: index)))
        }
        switch try options.read(record, kind, today) {
        case .failure(let rejection): return .failure(ItemFailure(item: rejection.item(index)))
        case .success((let row, let builder)):
            if let column = row.ahead(of: options.now) {
                return .failure(ItemFailure(item: Rejection.ahead(column).item(index)))
            }
            return .success(Row(row: row, stated: builder.stating(record.stated(options.blanks))))
        }
    }

    private struct ItemFailure: Error {
        let item: APIProblem.Item
    }

    // MARK: one member

    /// The member of the path. Throws an `APIProblem`.
    func member(_ call: APICall) throws -> (row: MemberRow, stated: ColumnSet?) {
        guard case .object(var members) = call.json else {
            throw APIProblem(.invalid, "the body is no JSON object", "请求体不是 JSON 对象")
        }
        let id = StrictJSON.Member(key: Column.id.rawValue, value: .string(call["id"]))
        if let own = members.firstIndex(where: { $0.key == id.key }) {
            guard members[own].value.scalarText == call["id"] else {
                throw APIProblem(
                    .invalid, "`id` is another one than in the path", "`id` 与路径里的不同", field: id.key)
            }
            members.remove(at: own)
        }
        var reading = self
        switch try reading.row(.object([id] + members), at: 0) {
        case .failure(let failure): throw APIProblem(.invalid, failure.item.reason, field: failure.item.field)
        case .success(let row):
            guard case .member(let member) = row.row else { preconditionFailure("members are read as members") }
            return (member, row.stated)
        }
    }

    // MARK: a batch

    func batch(_ call: APICall, _ desk: APIDesk) throws -> APIAnswer {
        guard case .array(let objects) = call.json, (1...APIOperation.mostRows).contains(objects.count) else {
            throw APIProblem(
                .invalid, "the body is a list of 1 to \(APIOperation.mostRows) objects",
                "请求体是 1 到 \(APIOperation.mostRows) 个对象的列表")
        }
        var reading = self
        let read = try objects.enumerated().map { try reading.row($1, at: $0) }
        var conflicts: [EventRow] = []
        let answer = Result {
            try desk.write(call) { db in
                try APIRowReading.write(read, call, db, keeping: &conflicts)
            }
        }
        try desk.store.keep(conflicts: conflicts, at: call.at)
        return try answer.get()
    }

    /// - Parameter conflicts: events that were refused because of their ids, also where nothing else was taken.
    private static func write(
        _ read: [Result<Row, ItemFailure>], _ call: APICall, _ db: Session, keeping conflicts: inout [EventRow]
    ) throws -> APIAnswer {
        var rows = APIRows(db, at: call.at)
        var failures: [APIProblem.Item] = []
        var accepted = 0
        let results = try read.enumerated().map { index, row -> JSONText in
            switch try APIRowReading.write(row, at: index, by: call.who, &rows) {
            case .success(let written):
                accepted += 1
                let result = JSONText.object(["index": .int(index), "outcome": .text(written.word)])
                guard let objection = rows.grantObjection, case .object(let own) = result else { return result }
                return .object(own + [.init("reason", .text(objection.words.text(call.language)))])
            case .failure(let failure):
                failures.append(failure.item)
                guard case .object(let members) = failure.item.json(in: call.language) else { return .null }
                return .object([members[0], .init("outcome", "rejected")] + members.dropFirst())
            }
        }
        conflicts = rows.conflicts
        guard accepted > 0 else {
            let isConflict = failures.count == conflicts.count
            var problem = APIProblem(
                isConflict ? .conflict : .invalid, "nothing was taken: no object is right",
                "没有接收任何内容：没有一个对象正确")
            problem.items = failures
            problem.field = failures.first?.field
            throw problem
        }
        return APIAnswer(
            .object(["accepted": .int(accepted), "rejected": .int(failures.count), "results": .list(results)]))
    }

    private static func write(
        _ read: Result<Row, ItemFailure>, at index: Int, by who: String, _ rows: inout APIRows
    ) throws -> Result<RowWriter.Written, ItemFailure> {
        switch read {
        case .failure(let failure): return .failure(failure)
        case .success(let read):
            var row = read.row
            // Whoever asks later where a consent is from is told.
            if case .consent(var consent, let address) = row, consent.source == nil {
                consent.source = who
                row = .consent(consent, of: address)
            }
            return try rows.write(row, stating: read.stated).mapError { ItemFailure(item: $0.item(index)) }
        }
    }
}
