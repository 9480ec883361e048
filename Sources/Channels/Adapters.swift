import Rules

/// The adapters of this version, by the `type` that nudged.yaml names them with.
package enum Adapters {
    package static let all: [Adapter] = [
        .kannel,
        .log,
    ]

    package static subscript(type: String) -> Adapter? { all.first { $0.type == type } }

    /// What rules have to know of a type; nil for a type that no version has.
    package static func traits(of type: String) -> Adapter.Traits? { self[type]?.traits ?? later[type] }

    /// Rules are checked against channels whose adapter comes later.
    private static let later: [String: Adapter.Traits] = [
        "wechat-official": .init(address: .wechatOpenID, marketing: .forbiddenByProviderTemplate),
        "wecom-external": .init(address: .wecomExternalUserID),
        "smtp": .init(address: .email),
    ]
}
