/// Every column of the import formats (product §4), by its contract name.
package enum Column: String, CaseIterable, Sendable {
    case id, gender, status, tier, birthday, phone, email, city, region, advisor, language, timezone
    case personalisation, tags, name, date, calendar, manager, total, cart, source, items, sku, category, quantity
    case price, state, points, remaining, template, code, at, data, channel, purpose, address, reason
    case proof, guardian
    case displayName = "display_name"
    case birthdayCalendar = "birthday_calendar"
    case birthdayLeapMonth = "birthday_leap_month"
    case registeredAt = "registered_at"
    case wechatOpenID = "wechat_openid"
    case wecomExternalUserID = "wecom_external_userid"
    case storeID = "store_id"
    case preferredChannel = "preferred_channel"
    case memberID = "member_id"
    case leapMonth = "leap_month"
    case paidAt = "paid_at"
    case cancelledAt = "cancelled_at"
    case refundedAt = "refunded_at"
    case orderID = "order_id"
    case inStock = "in_stock"
    case pairsWith = "pairs_with"
    case updatedAt = "updated_at"
    case inStockItems = "in_stock_items"
    case earnedAt = "earned_at"
    case expiresAt = "expires_at"
    case faceValue = "face_value"
    case issuedAt = "issued_at"
    case textVersion = "text_version"
}

extension Column {
    /// What is true of a column in every kind of file that has it.
    package struct Traits: Sendable {
        /// What its cells hold, and so how they are read.
        var type: ColumnType
        /// A cell as the guide shows it.
        var example: String
        /// True when its values name or reach a person, so that a sentence never quotes them.
        var isPersonal: Bool

        init(_ type: ColumnType, example: String = "", isPersonal: Bool = false) {
            (self.type, self.example, self.isPersonal) = (type, example, isPersonal)
        }
    }

    package var type: ColumnType { Column.table[place].type }
    var example: String { Column.table[place].example }
    var isPersonal: Bool { Column.table[place].isPersonal }
    /// Its names in real files beside its contract name, the most usual first: those of membership systems, tills and
    /// Excel. `HeaderWords` has those of a single kind of file.
    var names: String { Column.fileNames[self] ?? "" }

    /// By the place of the column: every cell of an import asks for its type.
    private static let table = Column.allCases.map(\.traits)

    private var traits: Traits {
        switch self {
        case .id: Traits(.id, isPersonal: true)
        case .gender: Traits(.choice, example: "女")
        case .status: Traits(.choice, example: "active")
        case .tier: Traits(.tier, example: "金卡")
        case .birthday: Traits(.yearly, example: "1990-03-10", isPersonal: true)
        case .phone: Traits(.phone, example: "13800000001", isPersonal: true)
        case .email: Traits(.email, example: "lin@example.com", isPersonal: true)
        case .city: Traits(.name, example: "上海")
        case .region: Traits(.name, example: "华东")
        case .advisor: Traits(.name, example: "王芳")
        case .language: Traits(.id, example: "zh-CN")
        case .timezone: Traits(.zone, example: "Asia/Shanghai")
        case .personalisation: Traits(.choice, example: "personalised")
        case .tags: Traits(.list, example: "VIP;新客")
        case .name: Traits(.name)
        case .date: Traits(.yearly, example: "2018-10-01")
        case .calendar: Traits(.choice, example: "solar")
        case .address: Traits(.address, example: "13800000001", isPersonal: true)
        case .memberID: Traits(.id, example: "001", isPersonal: true)
        case .manager: Traits(.name, example: "王芳")
        case .total: Traits(.money, example: "1,299.00")
        case .cart: Traits(.id, example: "c1")
        case .source: Traits(.text, example: "pos")
        case .items: Traits(.json)
        case .sku: Traits(.id, example: "A1")
        case .category: Traits(.name, example: "kitchen")
        case .quantity: Traits(.whole, example: "2")
        case .price: Traits(.money, example: "899")
        case .state: Traits(.choice)
        case .points: Traits(.whole, example: "600")
        case .remaining: Traits(.whole, example: "200")
        case .template: Traits(.id, example: "BDAY-30OFF")
        case .code: Traits(.id, example: "X7K2")
        case .at: Traits(.instant, example: "2026-03-08 14:30")
        case .data: Traits(.json, example: #"{"store":"s1"}"#)
        case .channel: Traits(.channel, example: "短信")
        case .purpose: Traits(.choice, example: "营销")
        case .reason: Traits(.choice, example: "退订")
        case .proof: Traits(.text, example: "表单 2231")
        case .guardian: Traits(.bool, example: "false")
        case .displayName: Traits(.name, example: "林小姐", isPersonal: true)
        case .birthdayCalendar: Traits(.choice, example: "农历")
        case .birthdayLeapMonth: Traits(.bool, example: "false")
        case .registeredAt: Traits(.instant, example: "2026-03-08 14:30")
        case .wechatOpenID: Traits(.openID, example: "oLin12345678", isPersonal: true)
        case .wecomExternalUserID: Traits(.openID, example: "wmLin12345678", isPersonal: true)
        case .storeID: Traits(.id, example: "s1")
        case .preferredChannel: Traits(.channel, example: "短信")
        case .leapMonth: Traits(.bool, example: "false")
        case .paidAt: Traits(.instant, example: "2026-03-08 14:30")
        case .cancelledAt: Traits(.instant, example: "2026-03-09 10:00")
        case .refundedAt: Traits(.instant, example: "2026-03-09 10:00")
        case .orderID: Traits(.id)
        case .inStock: Traits(.bool, example: "是")
        case .pairsWith: Traits(.list, example: "B2;beans")
        case .updatedAt: Traits(.instant, example: "2026-03-08 14:30")
        case .inStockItems: Traits(.whole, example: "2")
        case .earnedAt: Traits(.instant, example: "2026-03-08")
        case .expiresAt: Traits(.expiry, example: "2026-12-31")
        case .faceValue: Traits(.money, example: "30")
        case .issuedAt: Traits(.instant, example: "2026-03-08")
        case .textVersion: Traits(.text, example: "2026-03")
        }
    }

    /// Words for a column, in every kind that has it.
    private static let fileNames: [Column: String] = [
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
}

/// A set of columns, as one word of memory: every row of a file has one.
package struct ColumnSet: Equatable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt64 = 0

    package init(arrayLiteral columns: Column...) { for column in columns { insert(column) } }
    package init(_ columns: some Swift.Sequence<Column>) { for column in columns { insert(column) } }

    package mutating func insert(_ column: Column) { bits |= 1 << UInt64(column.place) }
    package mutating func remove(_ column: Column) { bits &= ~(1 << UInt64(column.place)) }
    package func contains(_ column: Column) -> Bool { bits & 1 << UInt64(column.place) != 0 }
}

extension Column {
    /// The number of the case, from 0. A case without values is one byte, which counts the cases as they are declared.
    var place: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
