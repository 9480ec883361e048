import Kit

/// The findings that only a store can show, as diagnostics.
package struct StoreFindings {
    private let set: RuleSet
    private let answers: StoreAnswers
    private let names: UsedNames
    private let files: [String: YAMLFile]

    /// The warnings that only a store can show. Where none was asked, a comment that allows one is not unused.
    package static let countedCodes: Set<String> = ["R211", "R220", "R235", "R253"]
    package static let cheapCodes: Set<String> = ["R220", "R235"]

    package init(_ set: RuleSet, names: UsedNames, _ answers: StoreAnswers, files: [YAMLFile]) {
        self.set = set
        self.names = names
        self.answers = answers
        self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package var all: [Diagnostic] {
        let placed = (set.missingMatches.compactMap(missing) + set.fields.compactMap(fault) + pools + ended).map(placed)
        return (placed + names.findings(answers.unknownNames)).inFileOrder()
    }

    /// R260 with the number of members it is about, where the store was asked for it.
    package func noted(_ finding: Diagnostic) -> Diagnostic {
        guard finding.code == "R260", let count = finding.rule.flatMap({ answers.pastLimit[$0] }) else {
            return finding
        }
        let people =
            switch count {
            case 0: "no member who meets the conditions is past the limit yet"
            case 1: "one member who meets the conditions is past the limit already"
            default: "\(Grouped.text(count)) members who meet the conditions are past the limit already"
            }
        var finding = finding
        finding.notes.append("\(people) \(counted)")
        return finding
    }

    private var counted: String {
        let clock = set.settings.zone.rfc3339(answers.countedAt)
        return "(counted \(clock.prefix(10)) \(clock.dropFirst(11).prefix(5)))"
    }

    /// Adds the rule and the path that the place belongs to.
    private func placed(_ finding: Diagnostic) -> Diagnostic {
        var finding = finding
        finding.path = files[finding.span.file]?.root?.path(to: finding.span) ?? []
        finding.rule =
            set.rules.first {
                $0.origin.file == finding.span.file && finding.path.count > 1 && finding.path[0] == "rules"
                    && files[finding.span.file]?.root?["rules"]?.items?[at: Int(finding.path[1])]?["id"]?.text == $0.id
            }?.id
        return finding
    }
}

// MARK: R211

extension StoreFindings {
    private func missing(_ match: Condition.MissingMatch) -> Diagnostic? {
        let place = match.test.place
        let name = match.test.field.name
        guard let count = answers.missing[name], count > 0, let source = files[place.key.file]?.source else {
            return nil
        }
        func text(_ span: SourceSpan) -> String { source.text(span.start.byte..<span.end.byte) }
        let negative = zip(match.test.tests, place.operators).first { $0.0.isNegated }?.1
        let word = match.isUnderNone ? "none" : negative.map { String(text($0).prefix { $0 != ":" }) } ?? "none"
        let people = count == 1 ? "one member" : "\(Grouped.text(count)) members"
        let noun = StoreFindings.noun(name)
        let share = Grouped.percentage(count, of: answers.members)
        let whole = place.value.isOneLine ? place.value : place.key
        let span = match.isUnderNone ? whole : negative ?? whole
        return Diagnostic(
            "R211", .warning, "`\(word)` also matches the \(people) whose \(noun) is empty", at: span,
            help: [
                leavingOut(match, word: word, value: text(place.value)),
                "to keep them and silence this, add  # nudged: allow R211 \(StoreFindings.reason(name))",
            ],
            notes: ["\(share) of the members in the store have no \(noun) \(counted)"])
    }

    private func leavingOut(_ match: Condition.MissingMatch, word: String, value: String) -> String {
        let name = match.test.field.name
        if match.isUnderNone { return "to leave them out, add beside `none`  \(name): {is_set: true}" }
        guard match.test.place.value.isOneLine, value.hasPrefix("{") else {
            return "to leave them out, add beside `\(word)`  is_set: true"
        }
        let rest = value.dropFirst().drop { $0 == " " }
        return "to leave them out, add  \(name): {is_set: true, \(rest)"
    }

    /// `region`; a name that is no plain word stays as rules write it.
    private static func noun(_ name: String) -> String {
        plainNouns[name].map(\.english) ?? "`\(name)`"
    }

    /// An example of a reason for reaching them, for the help of the finding.
    private static func reason(_ name: String) -> String {
        if name == "member.region" { return "missing regions are domestic" }
        guard let noun = plainNouns[name]?.english else { return "members without it are meant too" }
        let article = ["a", "e", "i", "o"].contains(noun.prefix(1)) ? "an" : "a"
        return "members without \(article) \(noun) are meant too"
    }

    /// The fields of members whose last part is a word of everyday English.
    static let plainNouns: [String: Bilingual] = FieldCatalogue.all.reduce(into: [:]) { table, field in
        let word = String(field.name.dropFirst("member.".count))
        guard field.name.hasPrefix("member."), field.canBeMissing, word.utf8.allSatisfy({ (97...122).contains($0) })
        else { return }
        table[field.name] = Bilingual(word, field.chinese)
    }
}

// MARK: R220, R235, R237

extension StoreFindings {
    private func fault(_ field: CustomField) -> Diagnostic? {
        guard let fault = answers.faults[field.id], let place = field.place else { return nil }
        switch fault {
        case .broken(let words):
            return Diagnostic(
                "R237", .error, "the SQL of `\(field.id)` cannot be run: `\(words)`", at: place,
                help: ["write one scalar expression over `m`, the row of members; only `:now` has a value"])
        case .scans(let tables):
            let readers = set.rules.filter { $0.status != .retired && $0.reads(field.id, set) }.map { "`\($0.id)`" }
            let all = tables.map { "`\($0)`" }.joined(separator: " and ")
            return Diagnostic(
                "R235", .warning,
                "no index can serve a rule that reads `\(field.id)`: its SQL goes through all of \(all) for each member",
                at: place, help: ["begin the subquery with the member, such as  WHERE x.member = m.id"],
                notes: readers.isEmpty
                    ? []
                    : [
                        "read by \(readers.prefix(5).joined(separator: ", "))"
                            + (readers.count > 5 ? " and \(readers.count - 5) more" : "")
                    ])
        }
    }

    private var ended: [Diagnostic] {
        let today = set.settings.zone.date(of: answers.countedAt)
        return set.rules.filter { $0.status == .live }.flatMap(\.givenCoupons).compactMap { give in
            guard let end = set.coupons[give.template]?.validUntil, end < today else { return nil }
            return Diagnostic(
                "R220", .warning, "the coupon template `\(give.template)` ended on \(end.text)", at: give.place,
                help: ["give another one, or move its `valid_until`"],
                notes: ["without a code the outcome is `failed`, and no message goes out"])
        }
    }

    /// A warning for each pool that holds few codes: fewer than were given in the last seven days, or fewer than ten.
    private var pools: [Diagnostic] {
        let given = set.rules.filter { $0.status == .live }.flatMap(\.givenCoupons)
        return given.compactMap { give in
            guard let pool = answers.pools[give.template], pool.free < max(pool.given, 10) else { return nil }
            let left = pool.free == 1 ? "one code is" : "\(Grouped.text(pool.free)) codes are"
            let spent = pool.given == 1 ? "one was" : "\(Grouped.text(pool.given)) were"
            return Diagnostic(
                "R220", .warning,
                pool.free == 0
                    ? "the pool of the coupon template `\(give.template)` has no code left"
                    : "the pool of the coupon template `\(give.template)` is nearly empty: \(left) left",
                at: give.place, help: ["import more  nudged import coupon_codes FILE"],
                notes: [
                    "\(spent) given in the last 7 days \(counted)",
                    "without a code the outcome is `failed`, and no message goes out",
                ])
        }
    }
}

extension Rule {
    /// True when its conditions, its segments or its actions read the field.
    fileprivate func reads(_ field: String, _ set: RuleSet) -> Bool {
        let segments = ((audience?.inSegments ?? []) + (audience?.notInSegments ?? [])).compactMap { set.segments[$0] }
        if (conditions + segments.map(\.condition)).contains(where: { $0.fields.contains(field) }) { return true }
        return steps.contains { step in
            switch step {
            case .send(let send): send.fill.contains { $0.field.name == field }
            case .createTask(let task): task.assignee.field?.name == field
            case .recommend(let recommend): recommend.basedOn.name == field
            case .adjustPoints(let adjust): adjust.add.field?.name == field
            default: false
            }
        }
    }
}

extension Condition {
    fileprivate var fields: Set<String> {
        switch self {
        case .all(let children), .any(let children), .none(let children):
            children.reduce(into: []) { $0.formUnion($1.fields) }
        case .field(let test): Set(test.fields.map(\.name))
        case .history: []
        }
    }
}

extension Array {
    fileprivate subscript(at index: Int?) -> Element? {
        index.flatMap { indices.contains($0) ? self[$0] : nil }
    }
}
