import Kit

/// The names of columns in real files, beside their contract names: those of membership systems, tills and Excel.
/// Compared without case, spaces, `_` and `-`, and without a bracketed remark such as `(元)`.
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
        (special[kind]?[column] ?? common[column] ?? "").split(separator: " ").map(String.init)
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

    /// Words for a column, in every kind that has it.
    private static let common: [Column: String] = [
        .memberID:
            "会员号 会员卡号 卡号 会员编号 会员id 会员 客户号 客户编号 member memberno cardno userid customerid vip卡号 贵宾卡号 会员代码 顾客代码 顾客编号 vip编号",
        .displayName: "姓名 名称 名字 昵称 会员姓名 会员名称 会员昵称 客户姓名 name fullname nickname 顾客名称 顾客姓名 持卡人 持卡人姓名",
        .gender: "性别 会员性别 sex",
        .status: "状态",
        .tier: "等级 会员等级 级别 会员级别 level memberlevel membertier 卡类型 会员卡类型 卡级别 vip等级 vip类别",
        .birthday: "生日 出生日期 出生年月日 会员生日 birthdate dateofbirth dob",
        .birthdayCalendar: "生日历法 历法 生日类型 生日日历 calendar",
        .birthdayLeapMonth: "生日闰月 闰月 是否闰月 leapmonth",
        .registeredAt: "注册时间 注册日期 入会时间 入会日期 开卡时间 开卡日期 办卡时间 办卡日期 joinedat createdat 发卡日期 发卡时间 建档日期 建卡日期",
        .phone: "手机号 手机 手机号码 联系电话 电话 电话号码 联系手机 mobile mobilephone phonenumber cellphone tel 移动电话 会员手机",
        .email: "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 mail emailaddress",
        .wechatOpenID: "微信openid openid wxopenid",
        .wecomExternalUserID: "企微外部联系人id 企业微信外部联系人id 外部联系人id externaluserid",
        .city: "城市 所在城市",
        .region: "地区 省份 省 区域 province",
        .storeID: "门店 门店编号 门店号 门店id 所属门店 店铺 店铺编号 store 门店编码 门店代码 店铺代码 店铺名称 渠道代码 开卡门店 发卡门店 销售门店 机构编码",
        .advisor: "导购 顾问 导购员 专属导购 服务顾问 专属顾问 营业员 业务员",
        .language: "语言 lang",
        .timezone: "时区 tz",
        .preferredChannel: "偏好渠道 首选渠道 联系偏好",
        .personalisation: "个性化 个性化推荐 personalization",
        .tags: "标签 会员标签 客户标签 tag",
        .name: "名称",
        .date: "日期 纪念日期",
        .calendar: "历法 日历",
        .leapMonth: "闰月 是否闰月",
        .manager: "店长 负责人 门店负责人",
        .paidAt: "支付时间 支付日期 付款时间 付款日期 下单时间 下单日期 订单时间 交易时间 交易日期 消费时间 消费日期 销售时间 销售日期 单据日期 结算时间",
        .total: "金额 实付金额 实付 实收金额 支付金额 付款金额 订单金额 总金额 消费金额 交易金额 合计 amount 实销金额 销售金额 已付金额 结算金额 实际金额",
        .cancelledAt: "取消时间 取消日期 关闭时间 canceledat",
        .refundedAt: "退款时间 退款日期",
        .cart: "购物车 购物车号 购物车编号 购物车id cartid",
        .source: "来源 数据来源",
        .items: "商品明细 明细",
        .orderID: "订单号 订单编号 订单id 单号 order orderno ordernumber 小票号 小票编号 单据编号 单据号 流水号 交易流水号 交易号 平台交易号",
        .sku: "商品编号 商品编码 商品id 货号 sku编码 商品sku productid 商品代码 单品编码 商品条码 条码",
        .category: "品类 类目 分类 商品分类 商品类目 大类 大类名称 品类名称",
        .quantity: "数量 件数 购买数量 qty 销售数量",
        .price: "单价 价格 售价 零售价 商品单价 成交价 实售价 结算价",
        .inStock: "有货 是否有货 库存状态 有库存",
        .pairsWith: "搭配 搭配商品 搭配推荐 关联商品",
        .updatedAt: "更新时间 更新日期 修改时间 加购时间",
        .inStockItems: "有货件数 有货商品数 有库存件数",
        .state: "状态",
        .points: "积分 积分数 积分值 获得积分",
        .remaining: "剩余积分 剩余 可用积分 积分余额 余额",
        .earnedAt: "获得时间 获得日期 获取时间 积分时间 入账时间 发放时间",
        .expiresAt: "到期时间 到期日期 到期日 过期时间 过期日期 过期日 失效时间 失效日期 有效期至 有效期",
        .template: "券模板 优惠券模板 模板 模板编号 券种 券类型",
        .code: "券码 兑换码 优惠码 券号 couponcode",
        .faceValue: "面额 面值 券面额 券面值 优惠金额",
        .issuedAt: "发放时间 发放日期 发券时间 领取时间 领取日期 领券时间",
        .at: "时间 日期 发生时间",
        .data: "数据 属性 properties",
        .channel: "渠道 通道 触达渠道",
        .purpose: "用途 目的",
        .address:
            "手机号 手机 手机号码 联系电话 电话 电话号码 号码 邮箱 电子邮箱 电子邮件 邮箱地址 地址 phone mobile mobilephone phonenumber email mail emailaddress",
        .reason: "原因 理由 拦截原因 退订原因 类型",
        .textVersion: "文本版本 协议版本 条款版本 隐私政策版本",
        .proof: "凭证 同意凭证 授权凭证 证据",
        .guardian: "监护人 监护人同意 家长同意",
    ]

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
