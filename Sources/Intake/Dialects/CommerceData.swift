import Kit
import Rules

/// The properties of a commerce event, brought to the keys that the store reads (semantics §2): `order, cart, total,
/// items, sku, …`. The other properties stay as they are.
struct CommerceData {
    private(set) var members: [StrictJSON.Member]

    init(_ json: StrictJSON) { members = json.members }

    var json: StrictJSON { .object(members) }

    subscript(key: String) -> StrictJSON? { members.first { $0.key == key }?.value }

    private mutating func set(_ key: String, _ value: StrictJSON?) {
        members.removeAll { $0.key == key }
        if let value { members.append(.init(key: key, value: value)) }
    }

    /// The first of these keys that has a text or a number.
    private func first(_ keys: [String]) -> StrictJSON? {
        for key in keys {
            if let value = self[key], let text = value.scalarText, !text.isEmpty { return value }
        }
        return nil
    }

    /// The data with an id under its own key; the other keys are other names of it. Throws a `Rejection`.
    func named(_ key: String, _ others: String...) throws -> CommerceData {
        guard let id = try SegmentDialect.id(first([key] + others), .id) else { return self }
        var data = self
        data.set(key, .string(id))
        return data
    }

    // MARK: orders and carts

    /// The data of `order.paid`: `total` includes shipping and tax, `revenue` does not.
    func order() throws -> CommerceData {
        var data = try named("order", "order_id", "orderId").named("cart", "cart_id", "cartId")
        data = try data.named("store_id", "storeId")
        try data.setAmounts(["total", "revenue", "value"])
        return data
    }

    func cart() throws -> CommerceData {
        var data = try named("cart", "cart_id", "cartId")
        try data.setAmounts(["total", "value", "revenue"])
        return data
    }

    /// An amount in another currency counts nowhere: the store adds up yuan.
    private mutating func setAmounts(_ keys: [String]) throws {
        for case let amount? in keys.map({ self[$0] }) where amount != .null {
            guard let text = amount.scalarText else { throw Rejection.notMoney(.total, amount.compactText) }
            if !text.isEmpty { break }
        }
        let isForeign = self.isForeign
        set("total", isForeign ? nil : first(keys).map(CommerceData.amount))
        guard let products = self["items"] ?? self["products"], products != .null else { return }
        guard case .array(let lines) = products else { throw Rejection.notObject(.items) }
        let items = try lines.map { line in
            guard case .object = line else { throw Rejection.notObject(.items) }
            var product = CommerceData(line).withSKU()
            if isForeign { product.set("price", nil) }
            return product.json
        }
        members.removeAll { $0.key == "products" }
        set("items", .array(items))
    }

    private var isForeign: Bool {
        guard let currency = self["currency"]?.scalarText, !currency.isEmpty else { return false }
        return !["cny", "rmb", "¥", "元", "人民币"].contains(currency.lowercased())
    }

    // MARK: products

    func product() throws -> CommerceData {
        let isForeign = self.isForeign
        var product = withSKU()
        if isForeign { product.set("price", nil) }
        return product
    }

    /// The keys of a line; numbers in the form that the readers of lines take.
    private func withSKU() -> CommerceData {
        var data = self
        data.set("sku", first(["sku", "product_id", "productId", "id", "name"]))
        if let price = first(["price"]) { data.set("price", CommerceData.amount(price)) }
        if case .number(let digits)? = self["quantity"] {
            data.set("quantity", .number(DecimalDigits(digits)?.text ?? digits))
        }
        return data
    }

    /// The line of one product; nil without anything that names it. Throws a `Rejection`.
    func item() throws -> ItemRow? {
        guard self["sku"] != nil else { return nil }
        return try NestedItems.rows(.array([json]), of: "").first
    }

    /// A number as an amount with its exact digits; a text as it is written.
    private static func amount(_ value: StrictJSON) -> StrictJSON {
        guard case .number(let digits) = value else { return value }
        return .number(DecimalDigits(digits)?.asMoney.text ?? digits)
    }
}

/// The digits of a JSON number, without its exponent. No binary fraction is ever made of them.
struct DecimalDigits: Equatable {
    let isNegative: Bool
    private(set) var whole: String
    /// Without zeros at its end.
    private(set) var fraction: String

    /// Nil for a number of more than forty digits, or with an exponent that no amount has.
    init?(_ number: String) {
        var rest = Substring(number)
        isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        let parts = rest.split(whereSeparator: { $0 == "e" || $0 == "E" })
        guard let mantissa = parts.first, parts.count <= 2, let exponent = Int(parts.count == 2 ? parts[1] : "0"),
            (-20...20).contains(exponent)
        else { return nil }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, mantissa.utf8.count <= 40 else { return nil }
        var (left, right) = (String(halves[0]), halves.count == 2 ? String(halves[1]) : "")
        for _ in 0..<abs(exponent) {
            if exponent > 0 {
                left.append(right.isEmpty ? "0" : right.removeFirst())
            } else {
                right = (left.popLast().map(String.init) ?? "0") + right
            }
        }
        whole = String(left.drop { $0 == "0" })
        if whole.isEmpty { whole = "0" }
        fraction = DecimalDigits.trimmed(right)
    }

    private static func trimmed(_ fraction: String) -> String {
        String(fraction.prefix(fraction.count - fraction.reversed().prefix { $0 == "0" }.count))
    }

    var text: String { (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction) }

    /// The amount that a program meant that adds binary fractions: 299.90000000000003 and 299.89999999999998 are 299.90.
    /// Every other number stays as it is.
    var asMoney: DecimalDigits {
        let noise = fraction.dropFirst(2)
        guard noise.utf8.count >= 8 else { return self }
        var money = self
        if noise.prefix(6).allSatisfy({ $0 == "0" }) {
            money.fraction = DecimalDigits.trimmed(String(fraction.prefix(2)))
        } else if noise.prefix(6).allSatisfy({ $0 == "9" }) {
            money.addCent()
        }
        return money
    }

    private mutating func addCent() {
        var digits = Array((whole + fraction.prefix(2)).utf8)
        var place = digits.count - 1
        while place >= 0, digits[place] == UInt8(ascii: "9") {
            digits[place] = UInt8(ascii: "0")
            place -= 1
        }
        if place >= 0 { digits[place] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
        let text = String(decoding: digits, as: UTF8.self)
        whole = String(text.dropLast(2))
        fraction = DecimalDigits.trimmed(String(text.suffix(2)))
    }
}
