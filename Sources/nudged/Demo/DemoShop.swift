import Kit
import Rules

/// An invented department store: its branches, its catalogue and its members with their history, up to the end of the
/// demo's days. Nothing in it is about a real person: names are a surname and a courtesy, numbers run on.
struct DemoShop {
    /// A Sunday in March: points that expire with the month are a week from their end on the third day.
    static let begin = LocalDate(2026, 3, 22) ?? LocalDate(days: 0)
    static let historyDays = 400

    let zone: Zone
    let days: Int
    let seed: Int

    var start: Instant { zone.startOfDay(DemoShop.begin) }
    var end: Instant { zone.startOfDay(DemoShop.begin.adding(days: days)) }

    func fixtures(members count: Int) -> Fixtures {
        var people = (1...count).map { DemoMember(number: $0, shop: self).invented() }
        rank(&people)
        return Fixtures(stores: DemoShop.branches, products: DemoCatalogue.products, members: people)
    }

    /// Tiers follow spending: 1 % platinum, 4 % gold, 15 % silver, the others have none. The best have an advisor.
    private func rank(_ people: inout [MemberFixture]) {
        let spending = people.map { person in
            person.orders.filter { $0.status == .paid && $0.paidAt < start }.reduce(0) { $0 + $1.total }
        }
        let order = people.indices.sorted { spending[$0] != spending[$1] ? spending[$0] > spending[$1] : $0 < $1 }
        for (place, index) in order.enumerated() {
            let share = Double(place) / Double(people.count)
            people[index].row.tier = share < 0.01 ? "platinum" : share < 0.05 ? "gold" : share < 0.20 ? "silver" : nil
            if share < 0.05, place % 5 != 0 { people[index].row.advisor = "staff_\(padded(place % 12 + 1, 2))" }
        }
    }

    static let branches = ["南京路店", "人民广场店", "湖滨店", "新街口店", "江汉路店"].enumerated().map { index, name in
        StoreRow(id: "S\(index + 1)", name: name, timezone: "Asia/Shanghai", manager: "mgr_\(index + 1)")
    }
}

enum DemoCatalogue {
    static let products: [ProductRow] = [
        article("SOCKS", "纯棉短袜", "apparel", yuan: 29), article("BEANS", "咖啡豆 250g", "food", yuan: 45),
        article("TOWEL", "长绒毛巾", "home", yuan: 59), article("TEA", "明前龙井 50g", "food", yuan: 78),
        article("LIPSTICK", "丝绒口红", "makeup", yuan: 99), article("CREAM", "保湿面霜", "skincare", yuan: 128),
        article("SHIRT", "亚麻衬衫", "apparel", yuan: 169), article("BOTTLE", "保温杯", "home", yuan: 199),
        article("KETTLE", "手冲壶", "kitchen", yuan: 268), article("SNEAKER", "轻量跑鞋", "shoes", yuan: 329),
        article("SERUM", "修护精华", "skincare", yuan: 420), article("BAG", "通勤手袋", "bags", yuan: 599),
        article("COAT", "羊毛大衣", "apparel", yuan: 899), article("WATCH", "石英腕表", "accessories", yuan: 1480),
        article("ESPRESSO", "意式咖啡机", "kitchen", yuan: 2680),
    ]

    private static func article(_ sku: String, _ name: String, _ category: String, yuan: Int64) -> ProductRow {
        ProductRow(sku: sku, name: name, category: category, price: yuan * 100, inStock: true)
    }

    /// Articles worth about `yuan`: the most expensive that fit, with some chance, at least one.
    static func basket(about yuan: Double, for order: String, _ random: inout DemoRandom) -> [ItemRow] {
        var rest = Int64(yuan * 100)
        var items: [ItemRow] = []
        while items.count < 4 {
            let fitting = products.filter { product in
                (product.price ?? 0) <= rest && !items.contains { $0.sku == product.sku }
            }
            guard let product = fitting.isEmpty ? nil : random.pick(Array(fitting.suffix(3))) else { break }
            items.append(item(product, order))
            rest -= product.price ?? 0
        }
        return items.isEmpty ? [item(products[0], order)] : items
    }

    private static func item(_ product: ProductRow, _ order: String) -> ItemRow {
        ItemRow(
            orderID: order, sku: product.sku, name: product.name, category: product.category, quantity: 1,
            price: product.price)
    }
}

extension [ItemRow] {
    /// The total in fen.
    var total: Int64 { reduce(0) { $0 + Int64($1.quantity) * ($1.price ?? 0) } }
}
