/// The sentences of the rule reader in Chinese, by their English pattern (see `MessageCatalogue`).
extension ChineseMessages {
    static let rules: [String: String] = sentences.merging(combinations) { first, _ in first }

    private static let sentences: [String: String] = [
        "`_` has nothing behind it": "`{1}` 后面什么也没写",
        "an empty block": "空的块",
        "`_` takes fields and what they must be, and this is an empty block": "`{1}` 要字段及其要求,这里却是空的",
        "this is one text, not a list of _": "这是一段文字,不是列表",
        "`_` is the display name of a tier, and conditions name its id": "`{1}` 是等级的显示名,条件里要写等级编号",
        "there is no tier `_`": "没有名为 `{1}` 的等级",
        // qa-tools §3.3 prints the Chinese finding without it.
        "`_` lists all _ fields of a member": "", "`_` lists all _ fields of an order": "",
        "`_` lists all _ fields of a cart": "", "`_` lists all _ fields of a coupon": "",
        "text": "文本", "code": "编码", "number": "数字", "money": "金额", "date": "日期", "instant": "时刻", "list": "列表",
        "bool": "是非值",
        "every message of this rule will be held until the next morning": "这条规则的每条消息都要等到次日早上才发",
        "every message of this rule will be held until the morning": "这条规则的每条消息都要等到早上才发",
        "WeChat forbids marketing in template messages, and `_` is one": "微信模板消息不能做营销,而 `{1}` 正是模板消息",
        "what a coupon is worth depends on `_` of the member": "券的面额因会员的 `{1}` 而不同",
        "`_` shows each member a price of their own, from `_`": "`{1}` 用 `{2}` 给每位会员显示不同的价格",
        "two ASCII digits, an ASCII colon, two ASCII digits": "要写成两位半角数字、半角冒号、两位半角数字",
        "write the number alone:  _": "只写数字:  {1}", "write  _": "请写  {1}",
        "`_` has no steps": "`{1}` 里没有任何步骤",
        "nothing fills `_`, and the template `_` has no default for it": "`{1}` 没有取值,模板 `{2}` 里也没有默认值",
        "the task is made all the same, without its script": "任务照样会建,只是没有话术",
        "one path sends two messages": "同一条路径上发送了两条消息",
        "the second": "第二条", "the first": "第一条",
        "`_` has a dot": "`{1}` 里有点号,不能作名称", "`_` is a name of the language": "`{1}` 是规则语言自己的名称",
        "`_` is already taken on this path": "`{1}` 在这条路径上已经用过",
        "`_` and `_` exclude each other": "`{1}` 和 `{2}` 只能写一个",
        "`_` stands without its `_`": "有 `{1}`,却没有 `{2}`",
        "`_` is empty": "`{1}` 是空的", "an action is empty": "这个动作是空的",
        "`_` cannot be the name of a variant": "`{1}` 不能作实验组的名称",
        "the shares of `_` add up to _%": "`{1}` 各组占比之和是 {2}%",
        "`_` has no items": "`{1}` 里没有任何条目",
        "`_` does not join conditions here": "这里不能用 `{1}` 连接条件",
        "no member can ever meet these conditions": "没有任何会员能同时满足这些条件",
        "`_` cannot be the name of an event": "`{1}` 不能作事件名",
        "`_` is not an event that nudged knows, and nearly one that it does": "`{1}` 不是内置事件,但与一个内置事件几乎相同",
        "`_` is read as text, but other tools read it as a number": "`{1}` 在这里按文本读取,其他工具却会当成数字",
        "`_` cannot be an id": "`{1}` 不能作编号", "`_` is out of range for `_`": "`{1}` 超出了 `{2}` 的范围",
        "`_` is not an amount in yuan and fen": "`{1}` 不是以元、角、分计的金额",
        "`_` is not true or false": "`{1}` 既不是 true 也不是 false", "`_` is not a value of `_`": "`{2}` 没有 `{1}` 这个值",
        "`_` is not a time of day": "`{1}` 不是一天中的时间",
        "hours and minutes need two digits": "时和分都要写两位",
        "hours go from _ to _, minutes from _ to _": "时从 {1} 到 {2},分从 {3} 到 {4}",
        "`_` has no unit": "`{1}` 没有单位", "`_` is not a duration": "`{1}` 不是时长",
        "`_` does not fit `_`": "`{1}` 不适用于 `{2}`",
        "`_` is not a date": "`{1}` 不是日期", "`_` is not a date or a date and time": "`{1}` 既不是日期也不是日期加时间",
        "`_` is not a month and a day": "`{1}` 不是月和日",
        "`_` takes whole numbers and cannot be compared like this": "`{1}` 要整数,不能这样比较",
        "a face value cannot be negative": "面额不能为负", "`_` is a built-in field": "`{1}` 是内置字段",
        "`_` cannot be the id of a derived field": "`{1}` 不能作派生字段的编号",
        "`_` cannot be the id of a custom field": "`{1}` 不能作自定义字段的编号",
        "`_` names no segment, so nobody is reached": "`{1}` 没有写任何人群,所以不会触达任何人",
        "`_` is not part of a rule with `_`": "触发条件为 `{2}` 的规则里没有 `{1}`",
        "nothing says what happens to members who are already inactive": "没有说明如何对待已经沉睡的会员",
        "`_` cannot order coupons": "不能按 `{1}` 给券排序", "`_` is not the unit of `_`": "`{1}` 不是 `{2}` 的单位",
        "`_` may not say `_`": "`{1}` 无权写 `{2}`", "`_` has no wait to cancel with `_`": "触发条件为 `{2}` 时没有等待,`{1}` 无从取消",
        "there are two settings files": "有两个设置文件",
        "a rules file holds at most _ rules, and this one has _": "一个规则文件最多 {1} 条规则,本文件有 {2} 条",
        "`_` names no channel": "`{1}` 没有写任何渠道",
        "the message template `_` is written for `_`, not for `_`": "消息模板 `{1}` 属于渠道 `{2}`,不属于 `{3}`",
        "nothing fills the placeholder `_` of the template `_`": "模板 `{2}` 的占位符 `{1}` 没有取值",
        "no template here has a placeholder `_`": "这里没有哪个模板有占位符 `{1}`",
        "`_` can be missing, and the template `_` has no default for it": "`{1}` 可能缺失,而模板 `{2}` 没有给默认值",
        "the festival `_` is declared twice": "节日 `{1}` 声明了两次",
        "the festival `_` is one of the built-in ones": "节日 `{1}` 是内置节日",
        "the limits of the stages do not rise": "各阶段的阈值没有递增",
        "`_` takes four limits, rising": "`{1}` 要四个递增的阈值", "`_` takes four limits, falling": "`{1}` 要四个递减的阈值",
        "there is no time zone `_`": "没有名为 `{1}` 的时区", "the quiet hours begin and end at `_`": "免打扰时段的开始和结束都是 `{1}`",
        "the tier `_` is declared twice": "等级 `{1}` 声明了两次",
        "`_` cannot be the name of a placeholder": "`{1}` 不能作占位符的名称",
        "the text needs more than one SMS": "这段文字一条短信装不下", "`_` is compared with an empty list": "`{1}` 与一个空列表比较",
        "`_` takes two ends, and this list has _": "`{1}` 要两个端点,这个列表有 {2} 个",
        "nothing lies between these two ends": "这两个端点之间什么也没有", "`_` is compared with nothing": "`{1}` 没有比较对象",
        "`_` is not a comparison": "`{1}` 不是比较方式", "`_` is not a comparison here": "这里没有 `{1}` 这种比较方式",
        "there is no festival `_`": "没有名为 `{1}` 的节日", "`_` does not go with a time of day": "`{1}` 不能与时间点同用",
        "`_` is not part of `_`": "`{2}` 里没有 `{1}`", "`_` is missing in `_`": "`{2}` 里缺少 `{1}`",
        "`_` cannot be read in a rule with `_`": "触发条件为 `{2}` 的规则里读不到 `{1}`",
        "`_` cannot be read in a segment": "人群里读不到 `{1}`",
        "there is no field `_`": "没有名为 `{1}` 的字段",
        "the first line names no schema": "第一行没有写 schema",
        "the first line names another schema than `_`": "第一行写的 schema 不是 `{1}`",
        "did you mean `_`?": "您是不是想写 `{1}`?", "keep one of the two": "请只保留其中一个",
        "the SMS `_` has no 【signature】": "短信 `{1}` 没有【签名】", "the SMS `_` has no opt-out words": "短信 `{1}` 没有退订方式",
        "the SMS `_` has no 【signature】 and no opt-out words": "短信 `{1}` 没有【签名】,也没有退订方式",
    ]

    /// Sentences that are put together from a few parts.
    private static let combinations: [String: String] = {
        var table: [String: String] = [:]
        for (english, chinese) in wanted {
            for (kind, inChinese) in ["a list": "列表", "a block of keys": "键值块", "empty": "空值"] {
                table["`_` takes \(english), and this is \(kind)"] = "`{1}` 要\(chinese),这里是\(inChinese)"
            }
            table["`_` takes \(english), and this is `_`"] = "`{1}` 要\(chinese),这里是 `{2}`"
        }
        for (english, chinese) in blocks {
            table["`_` is not part of \(english)"] = "\(chinese)里没有 `{1}`"
            table["`_` is missing in \(english)"] = "\(chinese)里缺少 `{1}`"
        }
        for (english, chinese) in nouns {
            table["the \(english) `_` does not exist"] = "没有名为 `{1}` 的\(chinese)"
            table["\(english) id `_` is used twice"] = "\(chinese)编号 `{1}` 用了两次"
        }
        for (type, ofType) in types {
            for (need, inChinese) in needs {
                table["`_` needs \(need), and `_` is \(type)"] = "`{1}` 要\(inChinese),而 `{2}` 是\(ofType)"
            }
            for (other, inChinese) in types {
                table["`_` wants \(other), and `_` is \(type)"] = "`{1}` 要\(inChinese),而 `{2}` 是\(ofType)"
            }
        }
        return table
    }()

    private static let wanted = [
        "a block of channels": "渠道块", "a block of ids": "编号块", "a block of keys": "键值块",
        "a channel with its template": "渠道和模板", "a date and time": "日期和时间",
        "a date or a date and time": "日期或日期加时间", "a date": "日期", "a duration": "时长",
        "a field for each placeholder": "每个占位符对应的字段", "a list": "列表", "a number": "数字", "a percentage": "百分比",
        "a single value": "单个值", "a time of day": "时间", "a whole number": "整数", "an amount in yuan": "以元计的金额",
        "fields and what they must be": "字段及其要求", "keys of the event's data": "事件数据的键", "one word": "一个词",
        "placeholders and their types": "占位符及其类型", "text": "文本", "true or false": " true 或 false",
        "variants by name": "按名称写的实验组",
    ]
    private static let blocks = [
        "a rule": "规则", "a rules file": "规则文件", "an action": "动作", "a channel": "渠道", "a branch": "分支",
        "a variant": "实验组", "a test file": "测试文件", "a test": "测试", "an expectation": "预期",
        "a timeline entry": "时间线的一条", "a member": "会员",
        "the settings": "设置", "a tier": "等级", "a festival": "节日", "a templates file": "模板文件", "a template": "模板",
        "a placeholder": "占位符", "a segments file": "人群文件", "a segment": "人群", "a coupons file": "券模板文件",
        "a coupon template": "券模板", "a fields file": "字段文件", "a field": "字段",
    ]
    private static let nouns = [
        "rule": "规则", "template": "模板", "segment": "人群", "coupon template": "券模板", "field": "字段",
        "message template": "消息模板", "channel": "渠道",
    ]
    private static let needs = [
        "a single value": "单个值", "text": "文本", "a number": "数字", "a number or a date": "数字或日期",
        "a date or an instant": "日期或时刻", "a list": "列表", "a field": "字段",
    ]
    private static let types = [
        "text": "文本", "a code": "编码", "a number": "数字", "an amount": "金额", "a date": "日期", "an instant": "时刻",
        "a list": "列表", "true or false": "是非值", "a value": "任意值",
    ]
}
