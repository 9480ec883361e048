import Kit

/// Reads fixture files (semantics §9) into the rows that the store would hold.
package enum FixtureReader {
    /// Reads all files into one world; later files see the members of earlier ones. The findings are those of this
    /// reader: those of libyaml and the YAML reader stay in each file's own `diagnostics`. Broken values are left out.
    /// - Parameter names: Nil where no rule set is at hand to check names against.
    package static func read(
        files: [YAMLFile], knownCustomFields: [CustomField], names: FixtureNames? = nil
    ) -> (Fixtures, [Diagnostic]) {
        var world = FixtureWorld()
        for file in files {
            guard let root = file.root else { continue }
            var findings = Findings()
            findings.isWhole = file.isWhole
            let schema = FileKind.schemaFinding(in: file.source, schema: "fixtures", depth: "../../.nudged/")
            findings.append(schema.map { [$0] } ?? [])
            if let reader = BlockReader(root, FixtureDeclarations.file(knownCustomFields), &findings) {
                FixtureFile(reader, knownCustomFields, &findings).read(into: &world, &findings)
            }
            world.diagnostics += findings.all
        }
        if let names { world.diagnostics += FixtureNameCheck(names, files).found } else { world.checkStores() }
        return (world.fixtures, world.diagnostics)
    }
}

/// The fixtures read so far, with the place of everything that may occur only once.
struct FixtureWorld {
    var fixtures = Fixtures()
    var diagnostics: [Diagnostic] = []
    private var members: [String: SourceSpan] = [:]
    private var stores: [String: SourceSpan] = [:]
    private var products: [String: SourceSpan] = [:]
    private var storeUses: [(store: String, span: SourceSpan, path: [String])] = []

    mutating func add(_ member: MemberFixture, at span: SourceSpan, _ findings: inout Findings) {
        let id = member.row.id
        if let first = members[id] {
            findings.report(
                "T002", "member `\(id)` is described twice", at: span, related: [.init(first, "first here")],
                help: ["keep one of the two, or give the other its own id"], notes: FixtureWorld.note(first, span))
            return
        }
        members[id] = span
        fixtures.members.append(member)
    }

    mutating func add(_ store: StoreRow, at span: SourceSpan, _ findings: inout Findings) {
        if let first = stores[store.id] { return twice("store", store.id, span, first: first, findings: &findings) }
        stores[store.id] = span
        fixtures.stores.append(store)
    }

    mutating func add(_ product: ProductRow, at span: SourceSpan, _ findings: inout Findings) {
        if let first = products[product.sku] {
            return twice("product", product.sku, span, first: first, findings: &findings)
        }
        products[product.sku] = span
        fixtures.products.append(product)
    }

    mutating func add(_ codes: [CouponCodeRow]) { fixtures.couponCodes += codes }

    mutating func use(store: String, at span: SourceSpan, path: [String]) {
        storeUses.append((store, span, path))
    }

    private func twice(
        _ what: String, _ id: String, _ span: SourceSpan, first: SourceSpan, findings: inout Findings
    ) {
        findings.report(
            "T004", "\(what) `\(id)` is described twice", at: span, related: [.init(first, "first here")],
            help: ["keep one of the two"], notes: FixtureWorld.note(first, span))
    }

    /// A note on the first place, where it is in another file: an excerpt cannot show a line of that file.
    private static func note(_ first: SourceSpan, _ span: SourceSpan) -> [String] {
        first.file == span.file ? [] : ["first in \(first.file):\(first.start.line):\(first.start.column)"]
    }

    /// Reports unknown stores as warnings: a rule that never asks the store works without one. Fixtures that describe
    /// no store at all use the ids as mere texts.
    mutating func checkStores() {
        guard !stores.isEmpty else { return }
        let known = fixtures.stores.map(\.id)
        for use in storeUses where stores[use.store] == nil {
            let nearest = Suggestion.nearest(to: use.store, among: known)
            diagnostics.append(
                Diagnostic(
                    "T003", .warning, "no fixture describes the store `\(use.store)`", at: use.span,
                    help: [nearest.map { "did you mean `\($0)`?" } ?? "add it under `stores`"], path: use.path))
        }
    }
}

/// One fixture file: its zone, and the readers of its parts.
struct FixtureFile {
    let reader: BlockReader
    let times: FixtureTimes
    let customFields: [CustomField]

    init(_ reader: BlockReader, _ customFields: [CustomField], _ findings: inout Findings) {
        self.reader = reader
        self.customFields = customFields
        let zone = reader.read("timezone", &findings) { $0.zone($1) }
        times = FixtureTimes(zone: zone ?? Settings().zone)
    }

    func read(into world: inout FixtureWorld, _ findings: inout Findings) {
        _ = reader.int("version", &findings)
        named("stores", FixtureDeclarations.store, &findings) { id, entry, block, findings in
            let zone = block.read("timezone", &findings) { $0.zone($1) }
            let row = StoreRow(
                id: id, name: block.text("name", &findings), timezone: zone?.name,
                manager: block.text("manager", &findings))
            world.add(row, at: entry.keySpan, &findings)
        }
        named("products", FixtureDeclarations.product, &findings) { sku, entry, block, findings in
            let row = ProductRow(
                sku: sku, name: block.text("name", &findings), category: block.text("category", &findings),
                price: block.read("price", &findings) { $0.amount($1) },
                inStock: block.bool("in_stock", &findings), pairsWith: block.texts("pairs_with", &findings) ?? [])
            world.add(row, at: entry.keySpan, &findings)
        }
        readCodes(into: &world, &findings)
        named("members", FixtureDeclarations.member(customFields), &findings) { id, entry, block, findings in
            let member = FixtureMember(block, id, times, customFields: customFields).read(&findings)
            if let store = member.row.storeID, let node = block["store_id"] {
                world.use(store: store, at: node.span, path: findings.path + ["store_id"])
            }
            world.add(member, at: entry.keySpan, &findings)
        }
    }

    private func readCodes(into world: inout FixtureWorld, _ findings: inout Findings) {
        _ = reader.read("coupon_codes", &findings) { findings, node -> Bool? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "a block of ids", help: ["write  {WINBACK-20: [A1, A2]}"])
                return nil
            }
            for entry in entries {
                findings.inside(entry.key) { findings in
                    let codes = findings.texts(entry.value, orOne: false) ?? []
                    world.add(codes.map { CouponCodeRow(template: RowID.canonical(entry.key), code: $0) })
                }
            }
            return true
        }
    }

    /// Reads the entries of a block whose keys are the author's own ids.
    private func named(
        _ key: String, _ declaration: BlockDeclaration, _ findings: inout Findings,
        body: (String, YAMLNode.Entry, BlockReader, inout Findings) -> Void
    ) {
        reader.read(key, &findings) { findings, node -> Void? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "a block of ids", help: ["write one id a line, with a colon after it"])
                return nil
            }
            for entry in entries {
                findings.inside(entry.key) { findings in
                    let id = RowID.canonical(entry.key)
                    if id.isEmpty {
                        findings.report("R104", "an id cannot be empty", at: entry.keySpan)
                    } else if let block = BlockReader(entry.value, declaration, &findings) {
                        body(id, entry, block, &findings)
                    }
                }
            }
            return ()
        }
    }
}
