import Rules

/// The adapters of this version, by the `type` that nudged.yaml names them with.
package enum Adapters {
    package static let all: [Adapter] = [
        .aliyunSMS,
        .dingTalkRobot,
        .feishuRobot,
        .kannel,
        .log,
        .smtp,
        .staffList,
        .tencentSMS,
        .twilio,
        .webhook,
        .wechatMini,
        .wechatOfficial,
        .wecomApp,
        .wecomExternal,
        .wecomRobot,
    ]

    package static subscript(type: String) -> Adapter? { all.first { $0.type == type } }

    /// What rules have to know of a type; nil for a type that no version has.
    package static func traits(of type: String) -> Adapter.Traits? { self[type]?.traits }
}
