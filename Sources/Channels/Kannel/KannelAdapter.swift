import Kit
import Rules

extension Adapter {
    static let kannel = Adapter(
        type: "kannel", "a Kannel gateway", traits: Traits(address: .phone), rate: .ofNetwork,
        foreign: ["sender": "from", "user": "username"],
        asks: Bilingual("Kannel without a receiver", "Kannel 不带号码"), sample: sample,
        keys: [
            .init(
                "url", .webAddress, required: true, "the sendsms page", chinese: "网关地址",
                examples: ["http://127.0.0.1:13013/cgi-bin/sendsms"]),
            .init(
                "method",
                .choice([
                    .init("post-headers", "keeps numbers and texts out of addresses"), .init("get", "for old gateways"),
                ]), "default post-headers", chinese: "提交方式，默认 post-headers", standard: "post-headers"),
            .init("username", .text, required: true, "of the sendsms user", chinese: "用户名", examples: ["nudged"]),
            .init(
                "password", .secret, required: true, "of the sendsms user", chinese: "密码",
                examples: ["{env: KANNEL_PASSWORD}"]),
            .init("from", .text, "the sender members see", chinese: "发送号码", examples: ["\"10690000\""]),
            .init("dlr", .block { deliveryReports }, "delivery reports", chinese: "回执"),
        ],
        opening: .network { KannelChannel(KannelSettings($0), transport: $1) },
        callbacks: { _, request in KannelCallbacks.read(request) })

    private static let sample = Bilingual(
        """
        # To send SMS through a Kannel gateway:
        #   sms:
        #     type: kannel
        #     url: http://127.0.0.1:13013/cgi-bin/sendsms
        #     username: nudged
        #     password: {env: KANNEL_PASSWORD}   # or {credential: name} under systemd, or {file: /abs/path}, mode 0600
        #     limits: {rate: 100/s}   # the default over a network; off: no limit
        """,
        """
        # 通过 Kannel 网关发短信：
        #   sms:
        #     type: kannel
        #     url: http://127.0.0.1:13013/cgi-bin/sendsms
        #     username: nudged
        #     password: {env: KANNEL_PASSWORD}   # systemd 下用 {credential: 名字}，或 {file: /绝对路径}，权限 0600
        #     limits: {rate: 100/s}   # 经网络的渠道默认如此;off 为不限速
        """)

    private static let deliveryReports = BlockDeclaration(
        "dlr",
        [
            .init(
                "mask", .int(1...31), "which reports, default 19", chinese: "回执种类，默认 19", standard: "19",
                examples: ["19"]),
            .init(
                "base_url", .webAddress, required: true, "where the gateway reaches us", chinese: "网关回调我们的地址",
                examples: ["http://127.0.0.1:8080/callbacks/sms"]),
            .init(
                "path_token", .secret, required: true, "last part of the path", chinese: "回调路径里的令牌",
                examples: ["{env: KANNEL_CB_TOKEN}"]),
            .allowIPs,
        ])
}

extension KannelSettings {
    /// The settings as nudged.yaml states them, with their secrets.
    init(_ settings: AdapterSettings) {
        self.init(
            url: settings[text: "url"], method: Method(rawValue: settings[text: "method"]) ?? .postHeaders,
            username: settings[text: "username"], password: settings[text: "password"], from: settings.text("from"),
            dlr: settings.block("dlr").map { dlr in
                Receipts(mask: dlr[int: "mask"], url: WebAddress.root(dlr[text: "base_url"]) + dlr[text: "path_token"])
            })
    }
}
