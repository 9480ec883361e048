import Kit

/// Chinese words for our keys: those of the key declarations, and a few more that people use.
enum ChineseKeys {
    /// The key of the block that the word names; nil for a word that is not Chinese, or names no key or two.
    static func meant(by typed: String, in block: BlockDeclaration) -> String? {
        let word = HalfWidth.ascii(typed)
        guard word.unicodeScalars.contains(where: { (0x4E00...0x9FFF).contains($0.value) }) else { return nil }
        let named = block.keys.filter { names(of: $0).contains(word) }.map(\.name)
        if !named.isEmpty || word.count < 2 { return named.count == 1 ? named[0] : nil }
        // `时区` of `默认时区`
        let near = block.keys.filter { names(of: $0).contains { $0.hasPrefix(word) || $0.hasSuffix(word) } }.map(\.name)
        return near.count == 1 ? near[0] : nil
    }

    /// The Chinese words for a key: `提前天数` of `提前天数，默认 0`, and those of `more`.
    private static func names(of key: KeyDeclaration) -> [String] {
        let declared = key.chinese.prefix { !",，。(（:：;；".contains($0) }
        return [String(declared).withoutOuterSpaces]
            + (more[key.name] ?? Trigger.Kind(rawValue: key.name)?.traits.names ?? [])
    }

    private static let more: [String: [String]] = [
        "id": ["编号", "标识", "规则编号"], "name": ["名称", "名字"], "note": ["说明"], "status": ["规则状态"],
        "owner": ["负责人", "团队"], "when": ["触发", "触发器", "何时"], "if": ["如果", "筛选", "筛选条件"],
        "do": ["执行", "操作", "执行动作"], "unless": ["除非", "取消条件"], "limits": ["限制", "频控", "频率限制"],
        "audience": ["受众", "目标人群"], "send": ["发送", "发消息"], "at": ["时间", "时刻", "发送时间"],
        "days_before": ["提前", "提前几天"], "days_after": ["延后天数"], "for": ["时长"], "every": ["频率"], "on": ["哪天"],
        "give_coupon": ["送券", "发优惠券"],
        "template": ["模板"], "fill": ["填充", "变量"], "try": ["渠道"], "rules": ["规则列表"],
        "expect": ["预期", "期望", "预期结果"], "timezone": ["时区"], "log": ["日志"], "store": ["数据库", "存储", "数据存储"],
        "lang": ["语言"],
        "channels": ["渠道"], "sources": ["来源"], "links": ["链接"], "http": ["接口"], "tests": ["测试列表"],
        "holdout": ["对照组"], "global_holdout": ["对照组"], "timeline": ["时间线"], "members": ["会员"],
    ]
}
