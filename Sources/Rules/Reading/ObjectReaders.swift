/// Reads an item of `segments:`, one named condition on a member.
struct SegmentReader {
    let customFields: [CustomField]
    let fieldsAreWhole: Bool
    let tiers: [Settings.Tier]
    let tiersOnFile: [String]
    let coupons: Registry<CouponTemplate>

    func read(_ node: YAMLNode, _ findings: inout Findings) -> Segment? {
        guard let block = BlockReader(node, ObjectKeys.segment, &findings) else { return nil }
        let id = block.identifier("id", &findings)
        let name = block.text("name", &findings)
        var scope = FieldScope(rows: ["member"], custom: customFields)
        scope.place = "a segment"
        scope.customIsWhole = fieldsAreWhole
        scope.tiers = tiers
        scope.tiersOnFile = tiersOnFile
        scope.coupons = coupons
        let condition = block.read("if", &findings) { ConditionReader(scope: scope).read($1, &$0) }
        guard let id, let condition else { return nil }
        return Segment(id: id, name: name ?? id, condition: condition, file: node.span.file)
    }
}

/// Reads an item of `coupons:`, one coupon template.
enum CouponReader {
    static func read(_ node: YAMLNode, _ findings: inout Findings) -> CouponTemplate? {
        let before = findings.all.count
        guard let block = BlockReader(node, ObjectKeys.coupon, &findings) else { return nil }
        let id = block.identifier("id", &findings)
        let name = block.text("name", &findings)
        let value = block.money("face_value", &findings)
        if let value, value < 0, let node = block["face_value"] {
            findings.report("R104", "a face value cannot be negative", at: node.span, key: "face_value")
        }
        let days = block.int("valid_days", &findings)
        let until = block.date("valid_until", &findings)
        let codes = block.choice("codes", as: CouponTemplate.Codes.self, &findings)
        // Of one with a finding nothing is concluded: what cannot be read may be its stock, its value or its last day.
        guard let id, !findings.hasError(since: before) else { return nil }
        return CouponTemplate(
            id: id, name: name ?? id, faceValue: value, validDays: days, validUntil: until, codes: codes ?? .generated)
    }
}

/// Reads an item of `fields:`, one custom or derived field.
enum CustomFieldReader {
    static func read(_ node: YAMLNode, _ findings: inout Findings) -> CustomField? {
        guard let block = BlockReader(node, ObjectKeys.field, &findings) else { return nil }
        let id = block.identifier("id", &findings)
        let type = block.choice("type", as: FieldType.self, &findings)
        let description = block.text("description", &findings)
        let missing = block.bool("can_be_missing", &findings)
        let sql = block.block("sql", &findings) { block, findings -> (text: String, place: SourceSpan)? in
            _ = block.text("postgresql", &findings)
            guard let text = block.text("sqlite", &findings), let entry = block.entry("sqlite") else { return nil }
            return (text, entry.value.span.isOneLine ? entry.value.span : entry.keySpan)
        }
        if let id, let node = block["id"] { check(id, isDerived: block.has("sql"), at: node.span, &findings) }
        guard let id, let type, let description else { return nil }
        return CustomField(
            id: id, type: type, description: description, canBeMissing: missing ?? true, sqliteSQL: sql?.text,
            place: sql?.place)
    }

    private static func check(_ id: String, isDerived: Bool, at span: SourceSpan, _ findings: inout Findings) {
        if FieldCatalogue.declaration(named: id) != nil {
            findings.report("R241", "`\(id)` is a built-in field", at: span, help: ["choose another id"], key: "id")
        } else if isDerived, !id.hasPrefix("member.") || id.hasPrefix("member.attr.") || id.utf8.count <= 7 {
            findings.report(
                "R104", "`\(id)` cannot be the id of a derived field", at: span,
                help: [name(in: id).map { "did you mean `member.\($0)`?" } ?? "such as  member.visits_90d"], key: "id")
        } else if !isDerived, !id.hasPrefix("member.attr.") || id.utf8.count <= 12 {
            findings.report(
                "R104", "`\(id)` cannot be the id of a custom field", at: span,
                help: [
                    name(in: id).map { "did you mean `member.attr.\($0)`? a derived field also has `sql`" }
                        ?? "such as  member.attr.shoe; a derived field also has `sql`"
                ], key: "id")
        }
    }

    /// The author's own part of the id: `cups` of `attr.cups`.
    private static func name(in id: String) -> String? {
        let parts = id.split(separator: ".")
        guard let last = parts.last,
            parts.dropLast().allSatisfy({ ["member", "attr", "attribute", "attributes"].contains($0) })
        else { return nil }
        return parts.isEmpty || ["member", "attr"].contains(last) ? nil : String(last)
    }
}
