import Kit

/// Words that people write where a place knows a few words of ours.
enum ForeignWords {
    /// The word of ours with the same meaning: the first translation that the place knows.
    static func same(as typed: String, among words: [String]) -> String? {
        let folded = SameWord.folded(typed)
        if SameWord.negates(folded) { return nil }
        return translations[folded]?.first { words.contains($0) }
    }

    /// The word that is most likely meant. The two differ in what they do, so only the author can decide.
    static func guess(_ typed: String, among words: [String]) -> String? {
        let folded = SameWord.folded(typed)
        return (guesses[folded] ?? translations[folded])?.first { words.contains($0) }
    }

    private static let translations: [String: [String]] = {
        var table: [String: [String]] = [
            "草稿": ["draft"], "上线": ["live"], "启用": ["live"], "生效": ["live"], "active": ["live"], "enabled": ["live"],
            "试运行": ["shadow"], "影子": ["shadow"], "暂停": ["paused"], "营销": ["marketing"], "服务": ["service"],
            "男": ["male"], "女": ["female"], "未知": ["unknown"], "农历": ["lunar"], "阴历": ["lunar"], "公历": ["solar"],
            "阳历": ["solar"], "已付款": ["paid"], "已退款": ["refunded"], "已取消": ["cancelled"], "未使用": ["unused"],
            "已使用": ["used"], "已过期": ["expired"], "正常": ["active"], "已注销": ["closed"], "每天": ["day"], "每日": ["day"],
            "每周": ["week"], "每星期": ["week"], "每月": ["month"], "每季度": ["quarter"], "工作日": ["workday"],
            "daily": ["day"], "weekly": ["week"], "monthly": ["month"], "quarterly": ["quarter"], "每季": ["quarter"],
            "每个工作日": ["workday"], "workdays": ["workday"], "business_day": ["workday"], "working_day": ["workday"],
            "winter_solstice": ["dongzhi"], "summer_solstice": ["xiazhi"], "spring_equinox": ["chunfen"],
            "autumn_equinox": ["qiufen"],
        ]
        for term in SolarTerm.allCases { table[term.chinese] = [term.rawValue] }
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        for (day, names) in zip(days, ["一", "二", "三", "四", "五", "六", "日天"]) {
            for name in names { for week in ["周", "星期", "礼拜", "每周"] { table["\(week)\(name)"] = [day] } }
            table[String(day.prefix(3))] = [day]
        }
        return table
    }()

    private static let guesses: [String: [String]] = [
        "on": ["live"], "off": ["paused"], "运行": ["live"], "开启": ["live"], "停用": ["paused"], "禁用": ["paused"],
        "disabled": ["paused"], "下线": ["retired"], "promotion": ["marketing"], "通知": ["service"],
        "transactional": ["service"], "zh": ["zh-CN"], "cn": ["zh-CN"], "中文": ["zh-CN"], "chinese": ["zh-CN"],
        "english": ["en"], "store": ["shop"], "门店": ["shop"], "none": ["skip"], "无": ["skip"], "跳过": ["skip"],
        "weekday": ["workday"],
        "weekdays": ["workday"], "bank_day": ["workday"],
    ]

    /// Festivals by their everyday names.
    static let festivals: [String: String] = [
        "春节": "spring_festival", "新年": "new_year", "大年初一": "spring_festival", "元旦": "new_year", "元宵节": "lantern",
        "元宵": "lantern", "清明节": "qingming", "清明": "qingming", "端午节": "dragon_boat", "端午": "dragon_boat", "七夕节": "qixi",
        "七夕": "qixi", "中秋节": "mid_autumn", "中秋": "mid_autumn", "重阳节": "double_ninth", "重阳": "double_ninth",
        "情人节": "valentines", "妇女节": "womens_day", "女神节": "womens_day", "三八节": "womens_day", "劳动节": "labour_day",
        "五一": "labour_day", "国庆节": "national_day", "国庆": "national_day", "双十一": "singles_day", "双11": "singles_day",
        "光棍节": "singles_day", "圣诞节": "christmas", "圣诞": "christmas", "母亲节": "mothers_day", "父亲节": "fathers_day",
        "感恩节": "thanksgiving", "冬至": "winter_solstice", "除夕": "new_years_eve",
    ]

    /// Events by their everyday names.
    static let events: [String: String] = [
        "下单": "order.paid", "支付": "order.paid", "付款": "order.paid", "购买": "order.paid", "支付成功": "order.paid",
        "订单支付": "order.paid", "已付款": "order.paid", "订单付款": "order.paid", "取消订单": "order.cancelled",
        "订单取消": "order.cancelled", "退款": "order.refunded", "订单退款": "order.refunded", "加购": "cart.updated",
        "加入购物车": "cart.updated", "清空购物车": "cart.emptied", "浏览": "product.viewed", "浏览商品": "product.viewed",
        "到店": "store.visited", "进店": "store.visited", "注册": "member.registered", "入会": "member.registered",
        "会员注册": "member.registered", "升级": "member.tier_changed", "会员升级": "member.tier_changed",
        "等级变更": "member.tier_changed", "投诉": "complaint.opened", "投诉解决": "complaint.resolved", "用券": "coupon.used",
        "核销": "coupon.used", "券核销": "coupon.used", "积分到账": "points.earned", "获得积分": "points.earned",
        "积分消费": "points.spent", "消耗积分": "points.spent", "发送": "message.sent", "点击": "message.clicked",
        "回复": "message.replied", "短信回复": "message.replied",
        "发券": "coupon.given", "任务完成": "task.done",
    ]

    /// Fields that have another name in other systems, by the part behind the dot.
    static let fields: [String: String] = [
        "level": "tier", "grade": "tier", "rank": "tier_rank", "vip_level": "tier", "member_level": "tier",
        "等级": "tier",
        "会员级别": "tier", "级别": "tier", "points": "points_balance", "point": "points_balance", "score": "points_balance",
        "积分": "points_balance", "可用积分": "points_balance", "nickname": "display_name", "name": "display_name",
        "nick_name": "display_name", "full_name": "display_name", "昵称": "display_name", "姓名": "display_name",
        "名字": "display_name", "mobile": "phone", "tel": "phone", "telephone": "phone", "cellphone": "phone",
        "手机": "phone", "手机号码": "phone", "电话": "phone", "mail": "email", "openid": "wechat_openid",
        "sex": "gender", "birth_date": "birthday", "birthdate": "birthday", "dob": "birthday", "出生日期": "birthday",
        "total_spend": "lifetime_spend", "total_spent": "lifetime_spend", "累计消费金额": "lifetime_spend",
        "消费金额": "lifetime_spend", "orders": "lifetime_orders", "order_count": "lifetime_orders",
        "total_orders": "lifetime_orders", "订单数": "lifetime_orders", "register_time": "registered_at",
        "registration_date": "registered_at", "created_at": "registered_at", "注册日期": "registered_at",
        "last_purchase_at": "last_order_at", "last_purchase": "last_order_at", "last_order": "last_order_at",
        "最近消费时间": "last_order_at", "标签": "tags", "tag": "tags", "store": "store_id", "门店": "store_id",
        "level_name": "tier_name", "tier_title": "tier_name", "会员等级名称": "tier_name", "birth_month": "birthday_month",
        "month_of_birth": "birthday_month", "is_birthday_today": "is_birthday", "birthday_today": "is_birthday",
        "last_product": "last_item", "last_order_item": "last_item", "last_purchased_item": "last_item",
        "导购": "advisor", "amount": "total", "price": "total", "金额": "total", "aov": "average_order_value",
    ]
}
