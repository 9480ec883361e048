extension FieldCatalogue {
    package static let order: [FieldDeclaration] =
        [
            .init("order.id", .text, missing: false, "id of the order", chinese: "订单号"),
            .init("order.paid_at", .instant, missing: false, "when it was paid", chinese: "付款时间"),
            .init("order.total", .money, missing: false, "amount paid", chinese: "订单金额"),
            .init(
                "order.status", .text, missing: false, "state of the order", chinese: "订单状态",
                words: ["paid", "cancelled", "refunded"]),
            .init("order.cancelled_at", .instant, "when it was cancelled", chinese: "取消时间"),
            .init("order.refunded_at", .instant, "when it was refunded", chinese: "退款时间"),
            .init("order.cart", .text, "id of the cart it came from", chinese: "来源购物车"),
            .init("order.store_id", .text, "id of the store", chinese: "门店"),
            .init("order.source", .text, "where the order came from", chinese: "订单来源"),
            .init("order.categories", .list, missing: false, "categories of its items", chinese: "商品品类"),
            .init("order.skus", .list, missing: false, "skus of its items", chinese: "商品编码"),
        ] + items(of: "order")

    package static let cart: [FieldDeclaration] =
        [
            .init("cart.id", .text, missing: false, "id of the cart", chinese: "购物车号"),
            .init("cart.updated_at", .instant, missing: false, "last touch", chinese: "最后更新时间"),
            .init("cart.total", .money, "amount in the cart", chinese: "购物车金额"),
            .init("cart.in_stock_items", .number, "items that can be bought now", chinese: "有货件数"),
            .init(
                "cart.state", .text, missing: false, "state of the cart", chinese: "购物车状态",
                words: ["open", "emptied", "ordered"]),
            .init("cart.categories", .list, missing: false, "categories of its items", chinese: "商品品类"),
            .init("cart.skus", .list, missing: false, "skus of its items", chinese: "商品编码"),
        ] + items(of: "cart")

    private static func items(of row: String) -> [FieldDeclaration] {
        [
            .init(
                "\(row).items", .list, missing: false, "its items, each with name, sku, category, quantity, price",
                chinese: "商品明细"),
            .init("\(row).items.first.name", .text, "name of the first item", chinese: "首件商品名"),
            .init("\(row).items.first.sku", .text, "sku of the first item", chinese: "首件商品编码"),
            .init("\(row).items.first.category", .text, "category of the first item", chinese: "首件商品品类"),
            .init("\(row).items.first.quantity", .number, "quantity of the first item", chinese: "首件数量"),
            .init("\(row).items.first.price", .money, "price of the first item", chinese: "首件单价"),
        ]
    }

    package static let points: [FieldDeclaration] = [
        .init("points.expiring", .number, missing: false, "points of this batch that expire", chinese: "即将到期积分"),
        .init("points.expires_on", .date, missing: false, "the day they expire", chinese: "积分到期日"),
    ]

    package static let coupon: [FieldDeclaration] = [
        .init("coupon.id", .text, missing: false, "id of the coupon", chinese: "券号"),
        .init("coupon.template", .text, missing: false, "id of its template", chinese: "券模板"),
        .init("coupon.code", .code, "code to redeem", chinese: "券码"),
        .init("coupon.face_value", .money, "face value", chinese: "面额"),
        .init("coupon.issued_at", .instant, "when it was given", chinese: "发放时间"),
        .init("coupon.expires_at", .instant, missing: false, "the instant it expires", chinese: "到期时间"),
        .init("coupon.expires_on", .date, missing: false, "the day it expires", chinese: "到期日"),
        .init(
            "coupon.state", .text, missing: false, "state of the coupon", chinese: "券状态",
            words: ["unused", "used", "expired"]),
    ]

    package static let browse: [FieldDeclaration] = [
        .init("browse.category", .text, "category looked at", chinese: "浏览品类"),
        .init("browse.sku", .text, "sku looked at", chinese: "浏览商品"),
        .init("browse.count", .number, missing: false, "times looked at within 7 days", chinese: "浏览次数"),
    ]

    package static let trigger: [FieldDeclaration] = [
        .init("trigger.due_at", .instant, missing: false, "when the rule is due", chinese: "应触发时间"),
        .init("trigger.date", .date, missing: false, "the day of the occasion itself", chinese: "事件日期"),
        .init("trigger.occasion", .text, missing: false, "name of the occasion", chinese: "事件标识"),
        .init("trigger.name", .text, "name of the event or festival", chinese: "事件名"),
        .init("trigger.data.KEY", .any, "a value of the event's data", chinese: "事件数据"),
    ]
}
