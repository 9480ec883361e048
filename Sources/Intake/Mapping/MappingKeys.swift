import Rules

/// The keys of a mapping file.
package enum MappingKeys {
    package static let file = BlockDeclaration(
        "a mapping", foreign: ["sign": "signature", "auth": "token", "response": "answer", "timezone": "zone"],
        [
            FileKeys.version,
            .init(
                "signature", .block { signature }, "how the source signs its messages", chinese: "签名",
                examples: ["{in: \"header:X-Signature\", algorithm: hmac-sha256, of: [body]}"]),
            .init(
                "token", .block { token }, "where the source shows the secret itself", chinese: "令牌",
                examples: ["{in: \"query:token\"}"]),
            .init(
                "body", .choice([.init("json", "the default"), .init("form", "fields of a form")]),
                "what the body is", chinese: "正文格式", examples: ["form"]),
            .init(
                "decode", .list(.block { decoding }), "texts in the body that are JSON", chinese: "正文里还要解码的部分",
                examples: ["[{at: /msg, as: url_json}]"]),
            .init(
                "id", .text, "the message's own id; without one its content is its id", chinese: "消息编号",
                examples: ["/msg_id"]),
            .init(
                "varies", .oneOrMany(.text), "what is another each time the same message is sent", chinese: "每次重发会变的部分",
                examples: ["[/sendCount, /sign]"]),
            .init(
                "zone", .text, "of times without an offset, default the shop's", chinese: "时区，默认店铺时区",
                examples: ["Asia/Shanghai"]),
            .init(
                "skip", .named(.oneOrMany(.text)), "messages that mean nothing, whatever they are", chinese: "一律忽略的消息",
                examples: ["{/test: \"true\"}"]),
            .init(
                "messages", .list(.block { message }), required: true, "what each kind of message means",
                chinese: "各种消息的含义",
                examples: [
                    "[{when: {/type: paid}, rows: [{order: {id: /id, member_id: /user, paid_at: /at, total: /sum}}]}]"
                ]),
            .init(
                "answer", .block { answer }, "what the source is answered once its message is on disk",
                chinese: "成功时的应答",
                examples: ["{body: '{\"code\":0}'}"]),
        ])

    static let signature = BlockDeclaration(
        "signature",
        [
            .init(
                "in", .text, required: true, "where the signature is", chinese: "签名所在",
                examples: ["\"header:X-Signature\""]),
            .init(
                "algorithm", .choice(SourceProof.Signature.Algorithm.allCases.map { .init($0.rawValue, $0.words) }),
                required: true,
                "how it is made", chinese: "算法", examples: ["hmac-sha256"]),
            .init(
                "of", .list(.text), required: true,
                "what is signed, one after the other: body, secret, header:NAME, query:NAME, a place, text:TEXT",
                chinese: "依次拼接的内容", examples: ["[body]", "[/client_id, body, secret]"]),
            .init(
                "encoding", .choice(SourceProof.Signature.Encoding.allCases.map { .init($0.rawValue, $0.words) }),
                "how it is written, default hex", chinese: "编码，默认 hex", examples: ["base64"]),
            .init(
                "prefix", .text, "what stands before it", chinese: "签名前的固定文字", examples: ["\"sha256=\""]),
        ])

    static let token = BlockDeclaration(
        "token",
        [.init("in", .text, required: true, "where the secret is", chinese: "令牌所在", examples: ["\"query:token\""])])

    static let decoding = BlockDeclaration(
        "decode",
        [
            .init("at", .text, required: true, "the place of the text", chinese: "位置", examples: ["/msg"]),
            .init(
                "as", .choice(SourceMapping.Form.allCases.map { .init($0.rawValue, $0.words) }), required: true,
                "JSON, or JSON that is percent-encoded", chinese: "格式", examples: ["url_json"]),
        ])

    static let answer = BlockDeclaration(
        "answer",
        [
            .init("body", .text, "the body, default empty", chinese: "正文，默认为空", examples: ["success"]),
            .init("type", .text, "its content type, default JSON", chinese: "内容类型，默认 JSON", examples: ["text/plain"]),
        ])

    package static let message = BlockDeclaration(
        "a message",
        [
            .init(
                "when", .named(.oneOrMany(.text)),
                "the places that tell this kind, with their texts; absent: every message",
                chinese: "识别条件；不写则适用于每条消息", examples: ["{/type: trade_TradePaid}"]),
            .init(
                "rows", .list(.block { row }), "what it means", chinese: "含义",
                examples: ["[{refund: {order_id: /order, member_id: /user}}]"]),
            .init("ignore", .bool, "it means nothing to us", chinese: "忽略", examples: ["true"]),
        ])

    static let row = BlockDeclaration(
        "a row", isAlternative: true,
        foreign: ["cancel": "cancellation", "cancelled": "cancellation", "trade": "order"],
        SourceMapping.Kind.allCases.map { kind in
            KeyDeclaration(
                kind.rawValue, .block { columns(kind) }, words[kind]?.english ?? "", chinese: words[kind]?.chinese ?? ""
            )
        })

    private static let words: [SourceMapping.Kind: (english: String, chinese: String)] = [
        .order: ("an order that was paid", "已支付的订单"), .refund: ("an order that was refunded", "退款的订单"),
        .cancellation: ("an order that was cancelled", "取消的订单"), .member: ("a member", "会员"),
        .points: ("points that were earned", "积分"), .coupon: ("a coupon of a member", "优惠券"),
        .consent: ("a yes or a no", "同意或拒绝"), .event: ("anything else that a member did", "会员的其他行为"),
    ]

    static func columns(_ kind: SourceMapping.Kind) -> BlockDeclaration {
        var keys = [
            KeyDeclaration(
                "each", .text,
                "a list: one row for each of its elements, in which places are then looked up; body:/… is a place of the message",
                chinese: "列表：每个元素一行", examples: ["/orders"])
        ]
        keys += kind.columns.map { column in
            KeyDeclaration(
                column.rawValue, value, required: kind.required.contains(column), "as in imports", chinese: "与导入相同",
                examples: ["/\(column.rawValue)"])
        }
        switch kind {
        case .order:
            keys.append(
                .init("items", .block { items }, "its lines", chinese: "商品明细", examples: ["{each: /items, sku: /sku}"]))
        case .member:
            keys.append(
                .init(
                    "attributes", .named(value), "custom attributes of fields.yaml", chinese: "自定义属性",
                    examples: ["{skin: /skin_type}"]))
        case .event:
            keys.append(
                .init("data", .named(value), "its data", chinese: "事件数据", examples: ["{amount: /amount}"]))
        default: break
        }
        return BlockDeclaration(kind.rawValue, keys)
    }

    static let items = BlockDeclaration(
        "items",
        [.init("each", .text, required: true, "the list of the lines", chinese: "明细列表", examples: ["/items"])]
            + itemColumns.map { column in
                KeyDeclaration(
                    column.rawValue, value, required: column == .sku, "as in imports", chinese: "与导入相同",
                    examples: ["/\(column.rawValue)"])
            })

    static let itemColumns: [Column] = [.sku, .name, .category, .quantity, .price]

    static let value = KeyType.either([.text, .list(.text), .block { valueBlock }])

    package static let valueBlock = BlockDeclaration(
        "a value",
        [
            .init(
                "at", .oneOrMany(.text), "the place, or several: the first that holds anything",
                chinese: "位置，可写几个，取第一个有值的",
                examples: ["/price"]),
            .init("value", .text, "a constant, in place of `at`", chinese: "固定值", examples: ["shop"]),
            .init(
                "unit", .choice(SourceMapping.Unit.allCases.map { .init($0.rawValue, $0.words) }),
                "of an amount, default yuan",
                chinese: "金额单位，默认 yuan", examples: ["fen"]),
            .init(
                "time", .choice(SourceMapping.Time.allCases.map { .init($0.rawValue, $0.words) }),
                "how a time is written, default as it looks", chinese: "时间格式，默认自动判断", examples: ["seconds"]),
            .init(
                "words", .named(.text), "our word for each of the source's; others stay", chinese: "取值对照；没写的保持原样",
                examples: ["{M: male, F: female}"]),
        ])
}

// MARK: what the words of a choice mean

extension SourceProof.Signature.Algorithm {
    fileprivate var words: String {
        switch self {
        case .md5, .sha1, .sha256: "a plain hash, with the secret among its parts"
        case .hmacSHA1, .hmacSHA256: "a hash keyed with the secret"
        }
    }
}

extension SourceProof.Signature.Encoding {
    fileprivate var words: String {
        switch self {
        case .hex: "in hexadecimal digits"
        case .base64: "in the letters of base64"
        }
    }
}

extension SourceMapping.Form {
    fileprivate var words: String {
        switch self {
        case .json: "a text that is JSON"
        case .urlJSON: "JSON that is percent-encoded"
        }
    }
}

extension SourceMapping.Unit {
    fileprivate var words: String {
        switch self {
        case .yuan: "yuan with at most two decimals"
        case .fen: "hundredths of a yuan"
        }
    }
}

extension SourceMapping.Time {
    fileprivate var words: String {
        switch self {
        case .text: "date and time in digits"
        case .seconds: "seconds since 1970"
        case .milliseconds: "milliseconds since 1970"
        }
    }
}
