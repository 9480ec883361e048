import Kit

/// The things that one member of a fixture did and holds.
struct FixtureHistory {
    let block: BlockReader
    let memberID: String
    let times: FixtureTimes

    func dates(_ findings: inout Findings) -> [DateRow] {
        rows("dates", FixtureDeclarations.dateRow, &findings, key: "name") { block, findings in
            let calendar = block.choice("calendar", as: RecurringCalendar.self, &findings) ?? .solar
            let leap = block.bool("leap_month", &findings) ?? false
            let reader = RecurringDateReader(calendar: calendar, leapMonth: leap)
            let name = block.read("name", &findings) { $0.rowID($1) }
            let date = block.read("date", &findings) { reader.read(&$0, $1) }
            guard let name, let date else { return nil }
            return DateRow(memberID: memberID, name: name, date: date)
        }
    }

    /// Several consents for one channel are its history.
    func consents(_ findings: inout Findings) -> [ConsentRow] {
        rows("consents", FixtureDeclarations.consentRow, &findings) { block, findings in
            let channel = block.read("channel", &findings) { $0.rowID($1) }.map(ChannelWords.canonical)
            let state = block.choice("state", as: ConsentRow.State.self, &findings)
            let purpose = block.choice("purpose", as: Rule.Purpose.self, &findings) ?? .marketing
            let at = block.read("at", &findings) { times.instant(&$0, $1) }
            let isGuardian = block.bool("guardian", &findings) ?? false
            guard let channel, let state else { return nil }
            return ConsentRow(
                memberID: memberID, channel: channel, purpose: purpose, state: state, at: at, isGuardian: isGuardian)
        }
    }

    func orders(_ findings: inout Findings) -> [OrderRow] {
        rows("orders", FixtureDeclarations.order, &findings) { block, findings in
            let id = block.read("id", &findings) { $0.rowID($1) }
            let paidAt = block.read("paid_at", &findings) { times.instant(&$0, $1) }
            let total = block.read("total", &findings) { $0.amount($1) }
            let status = block.choice("status", as: OrderRow.Status.self, &findings) ?? .paid
            let cancelledAt = block.read("cancelled_at", &findings) { times.instant(&$0, $1) }
            let refundedAt = block.read("refunded_at", &findings) { times.instant(&$0, $1) }
            let cart = block.read("cart", &findings) { $0.rowID($1) }
            let store = block.read("store_id", &findings) { $0.rowID($1) }
            let source = block.text("source", &findings)
            let items = items(of: id ?? "", block, &findings)
            guard let id, let paidAt, let total else { return nil }
            return OrderRow(
                id: id, memberID: memberID, paidAt: paidAt, total: total, status: status, cancelledAt: cancelledAt,
                refundedAt: refundedAt, cart: cart, storeID: store, source: source, items: items)
        }
    }

    func carts(_ findings: inout Findings) -> [CartRow] {
        rows("carts", FixtureDeclarations.cart, &findings) { block, findings in
            let id = block.read("id", &findings) { $0.rowID($1) }
            let updatedAt = block.read("updated_at", &findings) { times.instant(&$0, $1) }
            let total = block.read("total", &findings) { $0.amount($1) }
            let inStock = block.int("in_stock_items", &findings)
            let state = block.choice("state", as: CartRow.State.self, &findings) ?? .open
            let items = items(of: id ?? "", block, &findings)
            guard let id, let updatedAt else { return nil }
            return CartRow(
                id: id, memberID: memberID, updatedAt: updatedAt, total: total, inStockItems: inStock, state: state,
                items: items)
        }
    }

    /// Nil where the author wrote no items.
    private func items(of owner: String, _ block: BlockReader, _ findings: inout Findings) -> [ItemRow]? {
        block.list("items", &findings) { findings, node in
            guard let item = BlockReader(node, FixtureDeclarations.item, &findings) else { return nil }
            let sku = item.read("sku", &findings) { $0.rowID($1) }
            let name = item.text("name", &findings)
            let category = item.text("category", &findings)
            let quantity = item.int("quantity", &findings) ?? 1
            let price = item.read("price", &findings) { $0.amount($1) }
            guard let sku else { return nil }
            return ItemRow(orderID: owner, sku: sku, name: name, category: category, quantity: quantity, price: price)
        }
    }

    func points(_ findings: inout Findings) -> [PointsRow] {
        rows("points", FixtureDeclarations.points, &findings) { block, findings in
            let id = block.read("id", &findings) { $0.rowID($1) }
            let points = block.int("points", &findings)
            let remaining = block.int("remaining", &findings)
            let earnedAt = block.read("earned_at", &findings) { times.instant(&$0, $1) }
            let expiresAt = block.read("expires_at", &findings) { times.expiry(&$0, $1) }
            guard let id, let points else { return nil }
            return PointsRow(
                id: id, memberID: memberID, points: points, remaining: remaining, earnedAt: earnedAt,
                expiresAt: expiresAt)
        }
    }

    func coupons(_ findings: inout Findings) -> [CouponRow] {
        rows("coupons", FixtureDeclarations.coupon, &findings) { block, findings in
            let id = block.read("id", &findings) { $0.rowID($1) }
            let template = block.read("template", &findings) { $0.rowID($1) }
            let code = block.text("code", &findings)
            let faceValue = block.read("face_value", &findings) { $0.amount($1) }
            let issuedAt = block.read("issued_at", &findings) { times.instant(&$0, $1) }
            let expiresAt = block.read("expires_at", &findings) { times.expiry(&$0, $1) }
            let state = block.choice("state", as: CouponRow.State.self, &findings) ?? .unused
            guard let id, let template else { return nil }
            return CouponRow(
                id: id, memberID: memberID, template: template, code: code, faceValue: faceValue, issuedAt: issuedAt,
                expiresAt: expiresAt, state: state)
        }
    }

    func events(_ findings: inout Findings) -> [EventRow] {
        rows("events", FixtureDeclarations.event, &findings) { block, findings in
            let id = block.read("id", &findings) { $0.rowID($1) }
            let name = block.read("name", &findings) { $0.rowID($1) }
            let at = block.read("at", &findings) { times.instant(&$0, $1) }
            let data = block.read("data", &findings) { findings, node -> String? in
                if node.entries != nil { return EventData.json(node) }
                findings.wrongKind(node, wanted: "a block of keys", help: ["write  data: {store: s1}"])
                return nil
            }
            guard let name, let at else { return nil }
            return EventRow(id: id, memberID: memberID, name: name, at: at, data: data ?? "{}")
        }
    }

    /// The rows of a list, without those whose id an earlier one has (T004).
    private func rows<Row>(
        _ list: String, _ declaration: BlockDeclaration, _ findings: inout Findings, key: String = "id",
        body: (BlockReader, inout Findings) -> Row?
    ) -> [Row] {
        var seen: [String: SourceSpan] = [:]
        return block.list(list, &findings) { findings, node -> Row? in
            guard let block = BlockReader(node, declaration, &findings), let row = body(block, &findings)
            else { return nil }
            guard let text = block[key]?.text, let span = block[key]?.span else { return row }
            let id = RowID.canonical(text)
            if let first = seen[id] {
                findings.report(
                    "T004", "`\(id)` is twice among the \(list) of `\(memberID)`", at: span,
                    related: [.init(first, "first here")], help: ["keep one of the two"], key: key)
                return nil
            }
            seen[id] = span
            return row
        } ?? []
    }
}
