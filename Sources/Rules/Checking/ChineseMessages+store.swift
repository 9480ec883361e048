/// The Chinese of the sentences about what a store shows, by their English shape (see `SentenceShape`).
extension ChineseMessages {
    static let store: [String: String] = StoreFindings.plainNouns.values.reduce(into: storeSentences) { table, noun in
        for (subject, number) in [("the _ members", "{2}"), ("the one member", "1")] {
            table["`_` also matches \(subject) whose \(noun.english) is empty"] =
                "`{1}` 也会选中 \(number) 位\(noun.chinese)为空的会员"
        }
        for (share, part) in [("_%", "{1}%"), ("less than _%", "不到 {1}%")] {
            table["\(share) of the members in the store have no \(noun.english) (counted _ _)"] =
                "会员库中\(part)的会员没有\(noun.chinese)（{2} {3} 统计）"
        }
    }

    private static let storeSentences: [String: String] = [
        "`_` also matches the _ members whose `_` is empty": "`{1}` 也会选中 {2} 位 `{3}` 为空的会员",
        "`_` also matches the one member whose `_` is empty": "`{1}` 也会选中 1 位 `{2}` 为空的会员",
        "_% of the members in the store have no `_` (counted _ _)": "会员库中 {1}% 的会员没有 `{2}`（{3} {4} 统计）",
        "less than _% of the members in the store have no `_` (counted _ _)": "会员库中不到 {1}% 的会员没有 `{2}`（{3} {4} 统计）",
        "to leave them out, add  {code}": "如要排除他们，请写  {1}",
        "to leave them out, add beside `_`  {code}": "如要排除他们，请在 `{1}` 旁边加上  {2}",
        "to keep them and silence this, add  {code}": "如要保留他们并不再提示，请加上  {1}",
        "no member who meets the conditions is past the limit yet (counted _ _)": "目前还没有满足条件的会员超过期限（{1} {2} 统计）",
        "one member who meets the conditions is past the limit already (counted _ _)": "已有 1 位满足条件的会员超过期限（{1} {2} 统计）",
        "_ members who meet the conditions are past the limit already (counted _ _)":
            "已有 {1} 位满足条件的会员超过期限（{2} {3} 统计）",
        "no event in the store has the name `_`": "会员库里没有名为 `{1}` 的事件",
        "no member in the store has the tag `_`": "会员库里没有人有标签 `{1}`",
        "no member in the store has the city `_`": "会员库里没有人的城市是 `{1}`",
        "no product or order in the store has the category `_`": "会员库里没有商品或订单属于类目 `{1}`",
        "no product or order in the store has the sku `_`": "会员库里没有商品或订单是 sku `{1}`",
        "no member in the store has a date with the name `_`": "会员库里没有人有名为 `{1}` 的日期",
        "no member in the store has `_` in `_`": "会员库里没有人的 `{2}` 是 `{1}`",
        "if it is to come, this is right; otherwise write it as the data has it": "数据还没到就不用改；否则请按数据里的写法改",
        "the rule was due on _, and never will be again": "规则只在 {1} 触发，以后不会再触发",
        "write the date of this year, or  {code}": "请写今年的日期，或写  {1}",
        "the rule waits for a `_` that only the rule itself raises, so it never begins":
            "规则等待的 `{1}` 只有它自己会产生，所以永远不会开始",
        "name the rule whose message or coupon it follows": "请写上它要跟随的规则（发消息或送券的那条）",
        "the SQL of `_` cannot be run: `_`": "`{1}` 的 SQL 无法执行：`{2}`",
        "write one scalar expression over `_`, the row of members; only `_` has a value":
            "请写一个关于 `{1}`（会员这一行）的单值表达式；只有 `{2}` 有值",
        "no index can serve a rule that reads `_`: its SQL goes through all of `_` for each member":
            "读取 `{1}` 的规则用不上索引：它的 SQL 会为每个会员扫描整张 `{2}`",
        "no index can serve a rule that reads `_`: its SQL goes through all of `_` and `_` for each member":
            "读取 `{1}` 的规则用不上索引：它的 SQL 会为每个会员扫描整张 `{2}` 和 `{3}`",
        "no index can serve a rule that reads `_`: its SQL goes through all of {code} for each member":
            "读取 `{1}` 的规则用不上索引：它的 SQL 会为每个会员扫描这些表的全部内容：{2}",
        "begin the subquery with the member, such as  {code}": "子查询请以会员开头，例如  {1}",
        "read by {list}": "读取它的规则：{1}", "read by {list} and _ more": "读取它的规则：{1} 等，另有 {2} 条",
        "the pool of the coupon template `_` has no code left": "券模板 `{1}` 的券码池已空",
        "the coupon template `_` ended on _": "券模板 `{1}` 已于 {2} 截止",
        "give another one, or move its `_`": "请换一个券模板，或修改它的 `{1}`",
        "the pool of the coupon template `_` is nearly empty: _ codes are left": "券模板 `{1}` 的券码池快空了，只剩 {2} 个券码",
        "the pool of the coupon template `_` is nearly empty: one code is left": "券模板 `{1}` 的券码池快空了，只剩 1 个券码",
        "did you mean `_`? (_ left)": "您是不是想写 `{1}`？（剩 {2} 个）",
        "did you mean `_`? (_ left, valid _ day)": "您是不是想写 `{1}`？（剩 {2} 个，发放后 {3} 天内有效）",
        "did you mean `_`? (_ left, valid _ days)": "您是不是想写 `{1}`？（剩 {2} 个，发放后 {3} 天内有效）",
        "import more  {code}": "请补充券码：  {1}",
        "_ were given in the last _ days (counted _ _)": "最近 {2} 天发放了 {1} 个（{3} {4} 统计）",
        "one was given in the last _ days (counted _ _)": "最近 {1} 天发放了 1 个（{2} {3} 统计）",
        "without a code the outcome is `_`, and no message goes out": "没有券码时结果为 `{1}`，消息不会发出",
    ]
}
