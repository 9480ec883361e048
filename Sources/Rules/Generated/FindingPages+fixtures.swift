// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let fixtures: [FindingPage] = [
        FindingPage(
            "T002",
            .init(#"a member described twice"#, #"会员重复描述"#),
            .init(#"Two fixtures of one run have the same member."#, #"一次运行的测试数据里有两个相同的会员。"#),
            remedy: .init(#"keep one, or give the other its own id."#, #"保留一个，或给另一个换编号。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {Lin: {tier: gold}, " Lin": {tier: silver}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {tier: gold}, zhao: {tier: silver}}"#)),
        FindingPage(
            "T003",
            .init(#"a store that no fixture describes"#, #"门店没有描述"#),
            .init(#"The member names a store, and the stores of the fixtures do not have it."#, #"会员写了门店，但测试数据的 stores 里没有它。"#),
            remedy: .init(#"add it under `stores`, or correct the id."#, #"在 `stores` 里加上它，或改正编号。"#),
            wrong: .init(place: .file("fixtures"), text: #"""
stores: {s1: {name: 南京路店}}
members: {lin: {store_id: s2}}
"""#),
            right: .init(place: .file("fixtures"), text: #"""
stores: {s1: {name: 南京路店}}
members: {lin: {store_id: s1}}
"""#)),
        FindingPage(
            "T004",
            .init(#"a row described twice"#, #"记录重复描述"#),
            .init(#"Two orders, carts, coupons or stores of the fixtures have one id."#, #"测试数据里两个订单、购物车、券或门店用了同一个编号。"#),
            remedy: .init(#"keep one of the two."#, #"只保留一个。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {orders: [{id: o1, paid_at: "2026-03-01", total: 9}, {id: o1, paid_at: "2026-03-02", total: 9}]}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {orders: [{id: o1, paid_at: "2026-03-01", total: 9}, {id: o2, paid_at: "2026-03-02", total: 9}]}}"#)),
        FindingPage(
            "T005",
            .init(#"an attribute that fields.yaml does not have"#, #"fields.yaml 里没有的属性"#),
            .init(#"No rule can ask for it."#, #"没有规则能用到它。"#),
            remedy: .init(#"declare `member.attr.NAME` in fields.yaml, or correct the name."#, #"在 fields.yaml 里声明 `member.attr.名字`，或改正拼写。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {attr: {sheo: 38}}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {attr: {shoe: 38}}}"#)),
        FindingPage(
            "T006",
            .init(#"an attribute of another type"#, #"属性的值与声明的类型不符"#),
            .init(#"fields.yaml says what type the attribute has, and the value is none of it."#, #"fields.yaml 声明了该属性的类型，而这个值不是这种类型。"#),
            remedy: .init(#"write a value of that type, or leave the attribute out."#, #"请写该类型的值，或不写这个属性。"#),
            wrong: .init(place: .file("fixtures"), text: #"members: {lin: {attr: {shoe: 未知}}}"#),
            right: .init(place: .file("fixtures"), text: #"members: {lin: {attr: {shoe: 38}}}"#)),
    ]
}
