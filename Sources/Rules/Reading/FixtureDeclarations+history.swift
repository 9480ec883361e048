/// The rows under a member of a fixture file; the columns are those of an import (product §4).
extension FixtureDeclarations {
    private static let when = ["\"2026-03-01 10:00\""]
    private static let id = KeyDeclaration("id", .text, required: true, "its id", chinese: "编号")

    static let dateRow = BlockDeclaration(
        "a date",
        [
            .init("name", .text, required: true, "what day it is", chinese: "纪念日名称", examples: ["wedding"]),
            .init(
                "date", .text, required: true, "with or without year", chinese: "日期，可以没有年份",
                examples: ["\"2018-10-01\""]),
            .init("calendar", .choice(of: "solar", "lunar"), "calendar", chinese: "公历或农历"),
            .init("leap_month", .bool, "in a lunar leap month", chinese: "是否闰月"),
        ])

    static let consentRow = BlockDeclaration(
        "a consent row",
        [
            .init(
                "channel", .text, required: true, "a channel, or * for all of them", chinese: "渠道，* 为全部渠道",
                examples: ["sms"]),
            .init("state", .choice(of: "granted", "withdrawn"), required: true, "what was said", chinese: "同意或撤回"),
            .init("purpose", .choice(of: "marketing", "service"), "marketing if left out", chinese: "用途，不写为营销"),
            .init("guardian", .bool, "a parent or guardian said it", chinese: "由监护人作出", since: "0.2"),
            .init("at", .text, "when it was said; since ever if left out", chinese: "时间，不写为一直如此", examples: when),
        ])

    static let order = BlockDeclaration(
        "an order", foreign: ["amount": "total", "store": "store_id", "at": "paid_at"],
        [
            id,
            .init("paid_at", .text, required: true, "when it was paid", chinese: "付款时间", examples: when),
            .init("total", .money, required: true, "in yuan", chinese: "实付（元）", examples: ["899"]),
            .init("status", .choice(of: "paid", "cancelled", "refunded"), "what became of it", chinese: "状态"),
            .init("cancelled_at", .text, "when it was cancelled", chinese: "取消时间", examples: when),
            .init("refunded_at", .text, "when it was refunded", chinese: "退款时间", examples: when),
            .init("cart", .text, "the cart that it closes", chinese: "对应的购物车"),
            .init("store_id", .text, "where it was bought", chinese: "门店"),
            .init("source", .text, "where it came from", chinese: "来源"),
            .init("items", .list(.block { item }), "what was bought", chinese: "商品"),
        ])

    static let item = BlockDeclaration(
        "an item",
        [
            .init("sku", .text, required: true, "article number", chinese: "货号", examples: ["SKU1"]),
            .init("name", .text, "as members read it", chinese: "商品名"),
            .init("category", .text, "its category", chinese: "品类"),
            .init("quantity", .int(1...1_000_000), "how many, default 1", chinese: "数量，默认 1"),
            .init("price", .money, "yuan for one", chinese: "单价（元）"),
        ])

    static let cart = BlockDeclaration(
        "a cart", foreign: ["amount": "total", "at": "updated_at"],
        [
            id,
            .init("updated_at", .text, required: true, "the last touch", chinese: "最后一次改动", examples: when),
            .init("total", .money, "in yuan", chinese: "合计（元）"),
            .init("in_stock_items", .int(0...1_000_000), "items that can be bought", chinese: "有货的件数"),
            .init("state", .choice(of: "open", "emptied", "ordered"), "what became of it", chinese: "状态"),
            .init("items", .list(.block { item }), "what is in it", chinese: "商品"),
        ])

    static let points = BlockDeclaration(
        "a batch of points",
        [
            id,
            .init("points", .int(0...1_000_000_000), required: true, "points earned", chinese: "积分", examples: ["600"]),
            .init("remaining", .int(0...1_000_000_000), "what is left of them", chinese: "剩余"),
            .init("earned_at", .text, "when they were earned", chinese: "获得时间", examples: when),
            .init("expires_at", .text, "when they lapse; a bare date means its end", chinese: "到期，只写日期指当天结束"),
        ])

    static let coupon = BlockDeclaration(
        "a coupon",
        [
            id,
            .init(
                "template", .text, required: true, "a template of coupons.yaml", chinese: "券模板",
                examples: ["BDAY-30OFF"]),
            .init("code", .text, "its code", chinese: "券码"),
            .init("face_value", .money, "in yuan", chinese: "面额（元）"),
            .init("issued_at", .text, "when it was given", chinese: "发放时间", examples: when),
            .init("expires_at", .text, "when it lapses; a bare date means its end", chinese: "到期，只写日期指当天结束"),
            .init("state", .choice(of: "unused", "used", "expired"), "what became of it", chinese: "状态"),
        ])

    static let event = BlockDeclaration(
        "an event", foreign: ["event": "name", "time": "at"],
        [
            .init("id", .text, "its id, where the source has one", chinese: "编号"),
            .init("name", .text, required: true, "what happened", chinese: "事件名", examples: ["store.visited"]),
            .init("at", .text, required: true, "when", chinese: "时间", examples: when),
            .init("data", .named(.anything), "whatever came with it", chinese: "附带的数据", examples: ["{store: s1}"]),
        ])
}
