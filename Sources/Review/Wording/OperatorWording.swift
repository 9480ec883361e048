import Rules

/// The dictionary of operators: a comparison with its value, in both languages and in each form.
struct OperatorWording {
    enum Form {
        /// A condition in `explain`.
        case condition
        /// A condition before and after in `plan`.
        case difference
        /// A count of events.
        case count
    }

    let say: Phrases
    let form: Form

    func words(_ word: Operator, _ value: String) -> String {
        switch word {
        case .equals where form == .count: say("exactly ", "正好 ") + value
        case .equals, .anyOf: say("is ", "是 ") + value
        case .isNot, .noneOf: say("is not ", "不是 ") + value
        case .startsWith: say("starts with ", "开头是 ") + value
        case .contains: say("contains ", "含有 ") + value
        case .atLeast: lead + say("at least ", "至少 ") + value
        case .moreThan: lead + say("more than ", form == .count ? "多于 " : "大于 ") + value
        case .atMost: lead + say("at most ", "至多 ") + value
        case .lessThan: lead + say("less than ", form == .count ? "少于 " : "小于 ") + value
        case .between: lead + say("between ", "介于 ") + value
        case .before: lead + say("before ", "早于 ") + value
        case .after: lead + say("after ", "晚于 ") + value
        case .withinLast: lead + say("within the last \(value)", around("最近", value))
        case .withinNext: lead + say("within the next \(value)", around("未来", value))
        case .moreThanAgo:
            form == .condition
                ? say("is more than \(value) ago", "早于 \(value) 之前") : say("longer ago than \(value)", "早于 \(value)")
        case .includes: say("includes ", "包含 ") + value
        case .includesAny: form == .condition ? words(.includes, value) : say("includes any of ", "包含任一 ") + value
        case .includesAll: form == .condition ? words(.includes, value) : say("includes all of ", "包含全部 ") + value
        case .excludes: (form == .condition ? say("does not include ", "不包含 ") : say("excludes ", "不包含 ")) + value
        case .isSet where form == .condition:
            value == "true" ? say("is filled in", "已填写") : say("is not filled in", "未填写")
        case .isSet: say("is filled in: ", "已填写：") + value
        }
    }

    func between(_ low: String, _ high: String) -> String {
        switch form {
        case .condition: say("is between \(low) and \(high)", "在 \(low) 到 \(high) 之间")
        case .difference: words(.between, say.sum([low, high]))
        case .count: say("between \(low) and \(high) times", "\(low) 到 \(high) 次")
        }
    }

    private var lead: String { form == .condition ? say("is ", "") : "" }

    private func around(_ chinese: String, _ value: String) -> String {
        form == .condition ? "在\(chinese) \(value)内" : "\(chinese) \(value)"
    }
}
