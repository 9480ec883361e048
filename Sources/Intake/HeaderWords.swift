import Kit

/// The column that a name in a real file means. Names are compared without case, spaces, `_` and `-`, and without a
/// bracketed remark such as `(元)`.
enum HeaderWords {
    /// The column of a name; nil when it means no column of this kind.
    static func column(named name: String, in kind: ImportKind) -> Column? {
        guard let words = tables[kind] else { return nil }
        if let column = words[key(name)] { return column }
        let remark = name.firstIndex { $0 == "(" || $0 == "（" }
        guard let remark, !name[remark...].contains(where: { "分万角".contains($0) }) else { return nil }
        return words[key(String(name[..<remark]))]
    }

    /// The names of a column beside its contract name, the most usual first.
    static func names(of column: Column, in kind: ImportKind) -> [String] {
        (special[kind]?[column] ?? column.names).split(separator: " ").map(String.init)
    }

    /// True for a name that gives way to a better one for the same column: the time an order was placed to the time it
    /// was paid, the list total to the amount paid, the number of a platform to the shop's own, a bar code to the code of
    /// the goods.
    static func givesWay(_ name: String) -> Bool { givingWay.contains(key(name)) }

    private static let givingWay: Set<String> = [
        "下单时间", "下单日期", "订单时间", "订单金额", "总金额", "销售日期", "单据日期", "平台交易号", "交易号", "流水号", "交易流水号", "顾客代码", "顾客编号",
        "会员代码", "店铺名称", "商品条码", "条码", "销售金额",
    ]

    private static func key(_ name: String) -> String {
        Width.folded(name).lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" && $0 != "*" }
    }

    private static let tables: [ImportKind: [String: Column]] = {
        var tables: [ImportKind: [String: Column]] = [:]
        for kind in ImportKind.allCases {
            var words: [String: Column] = [:]
            for column in kind.columns {
                words[key(column.rawValue)] = column
                for name in names(of: column, in: kind) { words[key(name)] = column }
            }
            tables[kind] = words
        }
        return tables
    }()

    /// Words that replace the common ones in one kind.
    private static let special: [ImportKind: [Column: String]] = [
        .members: [
            .id:
                "会员号 会员卡号 卡号 会员编号 会员id 会员 客户号 客户编号 member memberid memberno cardno userid customerid vip卡号 贵宾卡号 会员代码 顾客代码 顾客编号 vip编号",
            .status: "状态 会员状态",
        ],
        .dates: [.name: "名称 纪念日 纪念日名称 类型"],
        .stores: [
            .id: "门店编号 门店号 门店id 门店代码 编号 storeid", .name: "门店 门店名称 名称 店名 店铺名称 storename",
        ],
        .orders: [
            .id:
                "订单号 订单编号 订单id 单号 order orderid orderno ordernumber 小票号 小票编号 单据编号 单据号 流水号 交易流水号 交易号 平台交易号",
            .status: "状态 订单状态 交易状态", .source: "来源 订单来源 渠道 销售渠道",
        ],
        .orderItems: [.name: "商品名称 商品 品名 名称 productname"],
        .products: [.name: "商品名称 商品 品名 名称 productname"],
        .carts: [
            .id: "购物车号 购物车编号 购物车id 购物车 cartid", .total: "金额 总金额 合计 amount", .state: "状态 购物车状态",
        ],
        .points: [.id: "批次号 批次 积分批次 积分编号 流水号 编号"],
        .coupons: [
            .id: "券编号 券id 优惠券编号 优惠券id 编号 couponid", .state: "状态 券状态 使用状态 优惠券状态",
        ],
        .events: [
            .id: "事件id 事件编号 eventid messageid", .name: "事件 事件名 事件名称 event eventname",
            .at: "时间 发生时间 事件时间 timestamp",
        ],
        .consents: [
            .state: "状态 同意状态 授权状态 订阅状态", .at: "时间 日期 同意时间 授权时间 操作时间",
        ],
        .suppressions: [.at: "时间 日期 退订时间 投诉时间 加入时间 操作时间"],
    ]
}
