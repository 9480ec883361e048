/// The Chinese of parts of sentences, and of the sentences that are put together from them.
extension ChineseMessages {
    static let composed: [String: String] = [
        "`_` takes {words}, and this is {words}": "`{1}` 要{2}，这里是{3}",
        "this file takes {words}, and this is {words}": "本文件要{1}，这里是{2}",
        "`_` takes {words}, and this is empty": "`{1}` 要{2}，这里是空值",
        "{words} is empty": "{1}是空的",
        "`_` is not part of {words}": "{2}里没有 `{1}`", "`_` is missing in {words}": "{2}里缺少 `{1}`",
        "the {words} `_` does not exist": "没有名为 `{2}` 的{1}", "there is no {words} `_`": "没有名为 `{2}` 的{1}",
        "{words} id `_` is used twice": "{1}编号 `{2}` 用了两次",
        "`_` needs {words}, and `_` is {words}": "`{1}` 要{2}，而 `{3}` 是{4}",
        "`_` wants {words}, and `_` is {words}": "`{1}` 要{2}，而 `{3}` 是{4}",
        "`_` cannot be read in {words}": "{2}里读不到 `{1}`",
        "{words} knows {list}": "{1}里可以写 {2}", "{words} know {list}": "{1}里可以写 {2}",
        "the data of `_` has no `_`": "`{1}` 的数据里没有 `{2}`",
        "`_` belongs into a channel of `_`, such as  {code}": "`{1}` 要写在 `{2}` 的渠道里，例如  {3}",
        "or let the step before say  {code}": "或在前面的步骤里写  {1}", "{words} know: {list}": "{1}可用的比较：{2}",
        "{words} has no `_`, so this is most likely a typing slip (R102 is not reported separately)":
            "{1}里没有 `{2}`，这里多半是笔误（不再另报 R102）",
        "`_` is part of {words}: move it further out": "`{1}` 属于{2}：请往外移一层",
        "{words} has exactly one: keep one of the two": "{1}里只能有一个：请只保留其中一个",
        "{words} `_` is described twice": "{1} `{2}` 写了两次",
        "a {words} is named relative to this file, such as  {code}": "{1}要写相对本文件的路径，例如  {2}",
        "did you mean `_`? ({words})": "您是不是想写 `{1}`?({2})",
        "did you mean `_`? ({words}; {list})": "您是不是想写 `{1}`?({2};{3})",
    ]

    static let parts = [kinds, nouns, phrases, counts].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    /// Phrases that say what a value is, or should be.
    private static let kinds: [String: String] = [
        "text": "文本", "code": "编码", "number": "数字", "money": "金额", "date": "日期", "instant": "时刻", "list": "列表",
        "events under `unless`": "`unless` 事件", "events under `activity`": "`activity` 事件", "steps": "步骤",
        "channels in one `try`": "`try` 里的渠道", "counts of events": "事件计数", "different fields": "不同字段",
        "values to compare with": "比较值", "a pipe": "管道", "a device": "设备",
        "a folder": "文件夹", "a socket": "套接字", "bool": "是非值", "any": "任意值", "a list": "列表", "a block of keys": "键值块",
        "an empty block": "空的块",
        "a block of channels": "渠道块", "a block of ids": "编号块", "a block of names and values": "名称和值的块",
        "a block of experiment keys": "按实验写的块", "a channel with its template": "渠道和模板",
        "a channel with its reason": "渠道和原因", "a date and time": "日期和时间", "a date or a date and time": "日期或日期加时间",
        "a date": "日期", "a duration": "时长", "a field for each placeholder": "每个占位符对应的字段", "a number": "数字",
        "a percentage": "百分比", "a single value": "单个值", "a time of day": "时间", "a whole number": "整数",
        "an amount in yuan": "以元计的金额", "fields and what they must be": "字段及其要求",
        "keys of the event's data": "事件数据的键", "one word": "一个词", "placeholders and their types": "占位符及其类型",
        "true or false": "是非值（true 或 false）", "variants by name": "按名称写的实验组", "a number or a date": "数字或日期",
        "a date or an instant": "日期或时刻", "a field": "字段", "a code": "编码", "an amount": "金额", "an instant": "时刻",
        "a value": "任意值", "a bool": "是非值", "an any": "任意值", "texts": "文本", "codes": "编码", "numbers": "数字",
        "amounts": "金额", "dates": "日期", "instants": "时刻", "lists": "列表", "fields that are true or false": "是非字段",
        "values of an event": "事件的值", "the end": "结尾", "a tag with a plus or minus before it": "前面带加号或减号的标签",
        "a coupon, points, a tag or a task": "券、积分、标签或任务", "phones": "手机号", "email addresses": "邮箱",
        "WeChat openids": "微信 openid", "WeCom customers": "企业微信客户", "a place of its own": "固定的去处",
        "places and their texts": "位置及其取值", "words of the source and ours": "来源的词和对应的词",
    ]

    /// Blocks, files and things that have a name.
    private static let nouns: [String: String] = [
        "this file": "本文件", "nudged.yaml": "nudged.yaml", "rule `_`": "规则 `{1}`", "channel `_`": "渠道 `{1}`",
        "a rule with `_`": "触发条件为 `{1}` 的规则", "a rule": "规则", "a rules file": "规则文件", "an action": "动作",
        "a channel": "渠道", "a branch": "分支", "a variant": "实验组", "a test file": "测试文件", "a test": "测试",
        "an expectation": "预期", "an effect": "消息之外的动作", "a timeline entry": "时间线的一条", "a member": "会员",
        "an order": "订单", "a cart": "购物车",
        "a coupon": "券", "an item": "商品", "an event": "事件", "a batch of points": "一批积分", "a birthday": "生日",
        "a consent": "授权", "a consent row": "授权记录", "a product": "商品", "a store": "门店", "a source": "来源",
        "a mapping": "映射文件", "a row": "一行",
        "a secret": "密钥",
        "a fixture file": "测试数据文件", "a {code} channel": "{1} 渠道", "an {code} channel": "{1} 渠道",
        "a category or sku looked at": "浏览的品类或商品", "a message": "消息", "a history": "历史条件",
        "the settings": "设置", "a tier": "等级", "a festival": "节日", "a range of days": "日期区间", "another field": "另一个字段",
        "an event of unless": "unless 里的事件", "a templates file": "模板文件",
        "a template": "模板",
        "a placeholder": "占位符", "a segments file": "人群文件", "a segment": "人群", "a coupons file": "券模板文件",
        "a coupon template": "券模板", "a fields file": "字段文件", "a custom field": "自定义字段",
        "rule": "规则", "template": "模板", "segment": "人群", "coupon template": "券模板", "field": "字段",
        "message template": "消息模板", "channel": "渠道", "purpose": "用途", "variant": "实验组", "experiment": "实验",
        "member": "会员",
        "store": "门店", "product": "商品", "fixture file": "测试数据文件", "rule file": "规则文件", "test file": "测试文件",
        "orders": "订单", "carts": "购物车", "coupons": "券", "points": "积分", "events": "事件", "dates of `_`": "`{1}` 的日期",
        "left": "左", "right": "右", "the dash above": "上面的短横线",
    ]

    private static let phrases: [String: String] = [
        "the place in `_` of the settings, from 1": "在设置的 `{1}` 里排第几，从 1 起",
        "{code} or better": "{1}及以上", "better than {code}": "高于{1}", "{code} or lower": "{1}及以下",
        "lower than {code}": "低于{1}",
        "of the birthday": "生日", "of the anniversary": "纪念日", "of the festival": "节日", "of the date": "日期",
        "the coupon expires": "券到期", "the points expire": "积分到期",
        "the Chinese full-width space": "全角空格", "the no-break space": "不间断空格",
        "a space without width": "零宽空格", "a space of print": "排版用的空格",
        "`_` outside of brackets": "括号外的 `{1}`", "`_` ({code})": "`{1}`({2})",
    ]

    /// `two`, `two items`, `two columns`, and the same in digits.
    private static let counts: [String: String] = {
        let numerals = [
            "no": "零", "one": "一", "two": "两", "three": "三", "four": "四", "five": "五", "six": "六", "seven": "七",
            "eight": "八", "nine": "九", "ten": "十", "_": "{1}",
        ]
        return numerals.reduce(into: ["one item": "一", "one column": "一列"]) { table, numeral in
            table[numeral.key] = numeral.value
            table["\(numeral.key) items"] = numeral.value
            table["\(numeral.key) columns"] = numeral.value + "列"
        }
    }()
}
