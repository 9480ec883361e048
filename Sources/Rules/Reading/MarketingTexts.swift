/// R229: an SMS that advertises must name its sender and say how to stop it. It is a warning, as many gateways add both
/// (decision 0010). Only the rules that use a template show whether it advertises.
enum MarketingTexts {
    static func findings(rules: [Rule], _ vocabulary: Vocabulary) -> [Diagnostic] {
        var users: [String: String] = [:]
        for rule in rules where rule.purpose == .marketing && rule.status != .retired {
            for entry in rule.body.sends.flatMap(\.entries) where vocabulary.isOnPhone(entry.channel) {
                if users[entry.template] == nil { users[entry.template] = rule.id }
            }
        }
        return users.sorted { $0.key < $1.key }.compactMap { id, rule in
            guard let template = vocabulary.templates[id], let text = template.text else { return nil }
            return finding(text, template, rule)
        }
    }

    private static func finding(_ text: String, _ template: TemplateEntry, _ rule: String) -> Diagnostic? {
        let lacks = [hasSignature(text) ? nil : "【signature】", canBeStopped(text) ? nil : "opt-out words"]
            .compactMap { $0 }
        if lacks.isEmpty { return nil }
        return Diagnostic(
            "R229", .warning, "the SMS `\(template.id)` has no \(lacks.joined(separator: " and no "))",
            at: template.textSpan,
            help: ["begin with the sender in 【】 and end with words such as 拒收请回复R"],
            notes: ["the marketing rule `\(rule)` sends it"], path: template.path)
    }

    /// True with `【name】` at the start, or at the end where some gateways want it.
    private static func hasSignature(_ text: String) -> Bool {
        let spaces: (Character) -> Bool = { $0.isWhitespace }
        let trimmed = text.drop(while: spaces)
        if trimmed.first == "【", let close = trimmed.firstIndex(of: "】") {
            return trimmed.distance(from: trimmed.startIndex, to: close) > 1
        }
        guard let last = text.last(where: { !$0.isWhitespace }), last == "】" else { return false }
        return text.contains("【")
    }

    private static func canBeStopped(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return ["拒收", "退订", "回复td", "回td", "回复t", "回t", "unsubscribe", "reply stop", "text stop", "stop to"]
            .contains { lowered.contains($0) } || text.contains("TD")
    }
}

extension Body {
    /// Every `send` on any path, in file order.
    package var sends: [Send] {
        switch self {
        case .actions(let actions): actions.flatMap(\.sends)
        case .experiment(let experiment): experiment.variants.flatMap { $0.actions.flatMap(\.sends) }
        }
    }
}

extension Action {
    /// The action itself if it is a `send`, or those of its branches.
    package var sends: [Send] {
        switch self {
        case .send(let send): [send]
        case .choose(let branches, let otherwise): (branches.flatMap(\.actions) + (otherwise ?? [])).flatMap(\.sends)
        default: []
        }
    }
}
