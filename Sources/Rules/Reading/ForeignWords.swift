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
        return (guesses[folded] ?? everyday[folded] ?? translations[folded])?.first { words.contains($0) }
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
            "autumn_equinox": ["qiufen"], "gregorian": ["solar"], "western": ["solar"],
        ]
        for term in SolarTerm.allCases { table[term.chinese] = [term.rawValue] }
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        for (day, names) in zip(days, ["一", "二", "三", "四", "五", "六", "日天"]) {
            for name in names { for week in ["周", "星期", "礼拜", "每周"] { table["\(week)\(name)"] = [day] } }
            table[String(day.prefix(3))] = [day]
        }
        return table
    }()

    private static let everyday: [String: [String]] = chinese.reduce(into: [:]) { table, entry in
        for word in entry.value { table[word, default: []].append(entry.key) }
    }

    /// Our words, each with those that the reference or other tools have for it. Many have another meaning elsewhere, so
    /// they are asked about.
    private static let chinese: KeyValuePairs<String, [String]> = [
        // once_per
        "birthday": ["生日", "每个生日"], "anniversary": ["纪念日", "每个纪念日"], "festival": ["节日", "每个节日"],
        "schedule": ["定时"], "coupon": ["券", "优惠券", "每张券"], "points_batch": ["积分", "每批积分"],
        "order": ["订单", "每个订单", "每单"],
        "cart": ["购物车", "每个购物车"], "event": ["事件", "每个事件"], "message": ["消息", "每条消息"], "view": ["浏览"],
        "inactivity": ["沉睡", "每次沉睡"], "lifetime": ["终身", "一生", "终身一次", "一生一次", "永久"],
        // actions
        "pairs_with": ["搭配", "搭配推荐"], "same_category_bestsellers": ["同类热销", "同品类热销"],
        "category_bestsellers": ["品类热销"], "already_bought": ["已买", "已购", "已购买"], "out_of_stock": ["缺货", "售罄", "没货"],
        "stop": ["停止", "中止"], "continue": ["继续"], "category": ["品类", "类目", "分类"], "sku": ["商品", "货号"],
        "highest_first": ["从高到低", "降序", "desc", "descending"], "lowest_first": ["从低到高", "升序", "asc", "ascending"],
        // types
        "text": ["文本", "文字", "字符串", "string", "str"], "code": ["编码", "代码"],
        "number": ["数字", "数值", "整数", "int", "integer", "float", "decimal"], "money": ["金额", "钱"],
        "date": ["日期", "每个日期"],
        "instant": ["时刻", "时间", "datetime", "timestamp"], "list": ["列表", "数组", "array"],
        "bool": ["是非", "布尔", "boolean"],
        // settings and coupons
        "generated": ["生成", "自动生成", "系统生成"], "member": ["会员"], "shop": ["门店", "店铺", "商店", "本店"],
        "resend": ["重发", "再发"], "skip": ["跳过"], "feb_28": ["2月28日", "二月二十八"], "mar_1": ["3月1日", "三月一日"],
        // fixtures and tests
        "granted": ["已授权", "授权", "同意", "已同意"], "withdrawn": ["撤回", "已撤回", "撤销"], "open": ["未结算"],
        "sent": ["已发送", "发送", "已发"], "task_created": ["已建任务", "建任务"], "done": ["完成", "已完成"],
        "waiting": ["等待", "等待中"], "skipped": ["跳过", "已跳过"], "cancelled": ["取消"],
        "held_out": ["对照组"], "missed": ["错过", "已错过"], "failed": ["失败", "已失败"], "personalised": ["个性化"],
        // nudged.yaml
        "debug": ["调试"], "info": ["信息"], "warning": ["警告", "warn"], "error": ["错误", "err"],
        "zh-CN": ["中文", "简体中文", "zh", "cn", "zh_hans", "chinese"], "en": ["英文", "英语", "english"],
    ]

    /// The words that stand together for one of another system: the days of `weekend`.
    static func several(_ typed: String, among words: [String]) -> [String]? {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        let meant: [String]? =
            switch SameWord.folded(typed) {
            case "weekend", "weekends", "周末", "双休日": Array(days.suffix(2))
            case "weekday", "weekdays", "工作日", "平日": Array(days.prefix(5))
            default: nil
            }
        return meant.flatMap { Set($0).isSubset(of: words) ? $0 : nil }
    }

    private static let guesses: [String: [String]] = [
        "on": ["live"], "off": ["paused"], "运行": ["live"], "开启": ["live"], "停用": ["paused"], "禁用": ["paused"],
        "disabled": ["paused"], "下线": ["retired"], "promotion": ["marketing"], "通知": ["service"],
        "transactional": ["service"], "store": ["shop"], "none": ["skip"], "weekday": ["workday"],
        "weekdays": ["workday"], "bank_day": ["workday"],
        "导入": ["pool"], "预导入": ["pool"], "券池": ["pool"], "码池": ["pool"], "imported": ["pool"], "import": ["pool"],
        "全部": ["all"], "所有": ["all"], "热销": ["category_bestsellers"], "畅销": ["category_bestsellers"],
        "推迟": ["held"], "延后": ["held"], "延迟": ["held"], "暂缓": ["held"], "postponed": ["held"], "delayed": ["held"],
        "拦截": ["suppressed"], "屏蔽": ["suppressed"], "blocked": ["suppressed"], "保留": ["hold"], "搁置": ["hold"],
        "拒绝": ["withdrawn"], "退订": ["withdrawn"], "未到期": ["not_due"], "没到期": ["not_due"], "无": ["skip", "none", "off"],
        "关闭": ["off", "none"], "永远": ["forever", "lifetime"], "always": ["forever"],
    ]

    /// Keys by their names elsewhere, the likeliest first.
    static let keys: [String: [String]] = [
        "time": ["at"], "hour": ["at"], "clock_time": ["at"], "send_at": ["at"], "per": ["in"],
        "within": ["in", "within_last", "send_within"], "window": ["in", "within"], "period": ["in", "within"],
        "interval": ["in", "every"], "count": ["times", "random"], "when": ["if"], "cond": ["if"],
        "case": ["if"], "then": ["do"], "actions": ["do"], "steps": ["do"], "coupon": ["template"],
        "coupon_template": ["template"], "message": ["template"], "after": ["for", "days_after"], "idle_for": ["for"],
        "idle": ["for"], "run_till": ["run_until"], "till": ["run_until"], "end": ["run_until", "to"],
        "begin": ["start", "from"], "start": ["from"], "label": ["name"], "comment": ["note"], "description": ["note"],
        "remark": ["note"],
        "expires": ["valid_until", "expires_in"], "store_as": ["save_as"], "save_to": ["save_as"], "as": ["save_as"],
        "limit": ["keep"], "sort_by": ["order_by"], "sort": ["order_by"], "order": ["direction"],
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
        "chengshi": "city", "xingbie": "gender", "shengri": "birthday", "dengji": "tier", "jifen": "points_balance",
        "shouji": "phone", "xingming": "display_name", "biaoqian": "tags", "mendian": "store_id", "nianling": "age",
        "导购": "advisor", "amount": "total", "price": "total", "金额": "total", "aov": "average_order_value",
    ]
}
