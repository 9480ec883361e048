import Kit
import Rules

extension DemoMember {
    mutating func addHistory() {
        addOrders()
        addCart()
        for order in member.orders where order.status == .paid { addPoints(order) }
        addCoupons()
    }

    /// Order counts are a negative binomial with mean 8 for a whole year (5 over all members, many of whom are new).
    /// Values are a lognormal around 120 yuan times the member's habit. 35 % of members have drifted away.
    private mutating func addOrders() {
        let joined = member.row.registeredAt ?? shop.start
        let first = max(joined, shop.start.adding(days: -Double(DemoShop.historyDays)))
        var last = shop.end
        if random.happens(0.35) { last = max(first, shop.start.adding(days: -random.exponential(mean: 200))) }
        let habit = random.logNormal(median: 1, sigma: 0.5)
        guard last > first else { return }
        let years = Double(last.micros - first.micros) / 86_400_000_000 / 365
        let count = random.negativeBinomial(shape: 0.8, mean: 8 * years)
        let instants = (0..<count).map { _ in shoppingInstant(first, last) }.sorted()
        for instant in instants { addOrder(at: instant, habit: habit) }
    }

    private mutating func addOrder(at instant: Instant, habit: Double, cart: String? = nil, items: [ItemRow]? = nil) {
        let id = "O\(padded(number, 5))-\(member.orders.count + 1)"
        let value = random.logNormal(median: 120 * habit, sigma: 0.9)
        let bought =
            items.map { $0.map { item in item.moved(to: id) } }
            ?? DemoCatalogue.basket(about: value, for: id, &random)
        var order = OrderRow(
            id: id, memberID: member.row.id, paidAt: instant, total: bought.total, cart: cart,
            storeID: member.row.storeID, source: cart == nil ? "till" : "app", items: bought)
        if random.happens(0.03) {
            order.status = .cancelled
            order.cancelledAt = instant.adding(minutes: 5 + random.share() * 50)
        } else if random.happens(0.02) {
            order.status = .refunded
            order.refundedAt = instant.adding(days: 1 + random.share() * 6)
        }
        member.orders.append(order)
    }

    /// More at noon and in the evening, more on weekends, hardly any at night.
    private mutating func shoppingInstant(_ first: Instant, _ last: Instant) -> Instant {
        let span = Double(last.micros - first.micros) / 86_400_000_000
        var instant = first
        for _ in 0..<40 {
            instant = first.adding(days: random.share() * span)
            let (date, micros) = shop.zone.local(instant)
            let hour = Int(micros / 3_600_000_000)
            let byHour = [11, 12, 13, 18, 19, 20, 21].contains(hour) ? 1 : (9...22).contains(hour) ? 0.5 : 0.005
            let byDay = date.weekday >= 6 ? 1 : 0.65
            if random.happens(byHour * byDay) { break }
        }
        return instant
    }

    /// A quarter of the members filled a cart in the last month; 70 % of the carts are abandoned, a few are emptied.
    private mutating func addCart() {
        guard random.happens(0.25) else { return }
        let id = "C\(padded(number, 5))"
        let touched = shoppingInstant(shop.start.adding(days: -30), shop.end)
        let items = DemoCatalogue.basket(about: random.logNormal(median: 150, sigma: 0.9), for: id, &random)
        func row(_ at: Instant, _ state: CartRow.State) -> CartRow {
            CartRow(
                id: id, memberID: member.row.id, updatedAt: at, total: items.total, inStockItems: items.count,
                state: state, items: items)
        }
        member.carts.append(row(touched, .open))
        let fate = random.share()
        let later = touched.adding(minutes: random.exponential(mean: 240))
        guard fate >= 0.70, later < shop.end else { return }
        if fate < 0.75 {
            member.carts.append(row(later, .emptied))
        } else {
            member.carts.append(row(later, .ordered))
            addOrder(at: later, habit: 1, cart: id, items: items)
        }
    }

    /// One lot per order, one point per yuan: half expire a year later, half at the end of that month; 45 % are spent.
    private mutating func addPoints(_ order: OrderRow) {
        let points = Int(order.total / 100)
        let earned = shop.zone.date(of: order.paidAt)
        var expiry = earned.adding(days: 365)
        if random.happens(0.5) {
            let (year, month, _) = expiry.civil
            expiry = LocalDate(year, month, LocalDate.length(ofMonth: month, year: year)) ?? expiry
        }
        member.points.append(
            PointsRow(
                id: "P-\(order.id)", memberID: member.row.id, points: points,
                remaining: random.happens(0.45) ? 0 : points, earnedAt: order.paidAt,
                expiresAt: shop.zone.startOfDay(expiry.adding(days: 1))))
    }

    /// On average 1.2 coupons, which expire within two months of today; one in five is used.
    private mutating func addCoupons() {
        for index in 0..<random.poisson(mean: 1.2) {
            let isSmall = random.happens(0.3)
            let expiry = DemoShop.begin.adding(days: Int(random.share() * 120) - 60)
            let issued = shop.zone.startOfDay(expiry.adding(days: isSmall ? -14 : -59))
            var row = CouponRow(
                id: "K\(padded(number, 5))-\(index + 1)", memberID: member.row.id,
                template: isSmall ? "SMALL-5OFF" : "SPRING-50OFF")
            row.faceValue = isSmall ? 500 : 5000
            row.issuedAt = issued
            row.expiresAt = shop.zone.startOfDay(expiry.adding(days: 1))
            let isOver = expiry < DemoShop.begin
            row.state = random.happens(0.2) ? .used : isOver ? .expired : .unused
            member.coupons.append(row)
        }
    }
}

extension ItemRow {
    fileprivate func moved(to order: String) -> ItemRow {
        var item = self
        item.orderID = order
        return item
    }
}
