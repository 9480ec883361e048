import Kit
import Rules

extension Adapter {
    static let wecomRobot = robot(
        "wecom-robot", "a group of colleagues in WeCom", endpoint: "https://qyapi.weixin.qq.com",
        codes: WeComCodes.table,
        keys: [
            .init(
                "key", .secret, required: true, "the key in the group's webhook address", chinese: "群机器人地址里的 key",
                examples: ["{credential: wecom_robot_key}"])
        ]
    ) { .wecom(key: $0[text: "key"]) }

    static let dingTalkRobot = robot(
        "dingtalk-robot", "a group of colleagues in DingTalk", endpoint: "https://oapi.dingtalk.com",
        codes: RobotChannel.dingTalk,
        keys: [
            .init(
                "access_token", .secret, required: true, "in the robot's webhook address",
                chinese: "机器人地址里的 access_token",
                examples: ["{credential: dingtalk_token}"]),
            .init(
                "secret", .secret, "of the robot's signing", chinese: "加签密钥",
                examples: ["{credential: dingtalk_secret}"]),
        ]
    ) { .dingTalk(token: $0[text: "access_token"], secret: $0.text("secret")) }

    static let feishuRobot = robot(
        "feishu-robot", "a group of colleagues in Feishu", endpoint: "https://open.feishu.cn",
        codes: RobotChannel.feishu,
        keys: [
            .init(
                "hook", .secret, required: true, "the last part of the robot's webhook address", chinese: "机器人地址的最后一段",
                examples: ["{credential: feishu_hook}"]),
            .init(
                "secret", .secret, "of the robot's signing", chinese: "签名密钥", examples: ["{credential: feishu_secret}"]),
        ]
    ) { .feishu(hook: $0[text: "hook"], secret: $0.text("secret")) }

    /// All of them take twenty messages a minute and no addresses.
    private static func robot(
        _ type: String, _ description: String, endpoint: String, codes: CodeTable, keys: [KeyDeclaration],
        _ messenger: @escaping @Sendable (AdapterSettings) -> RobotChannel.Messenger
    ) -> Adapter {
        let address = KeyDeclaration(
            "endpoint", .webAddress, "default \(endpoint)", chinese: "接口地址，默认公有云", standard: endpoint)
        return Adapter(
            type: type, description, traits: Traits(address: ChannelDeclaration.Address.none),
            rate: Rate(count: 20, unit: .minute), codes: codes.listed,
            keys: [address] + keys,
            opening: .network {
                RobotChannel(type: type, endpoint: $0[text: "endpoint"], messenger: messenger($0), transport: $1)
            })
    }
}
