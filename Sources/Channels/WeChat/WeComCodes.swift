/// The codes of WeCom, by https://developer.work.weixin.qq.com/document/path/90455.
enum WeComCodes {
    static let table = CodeTable([
        .accepted: ["0"],
        .busy: ["-1", "6000", "45033", "41096"],
        .quota(.minute): ["45009"],
        .token: ["40014", "42001"],
        .misconfigured: [
            "40001", "41001", "40013", "40056", "60020", "48002", "301002", "60011", "84074", "93000",
        ],
        .rejected: [
            "40003", "40031", "60111", "81013", "82001", "40096", "84061", "41051", "40058", "45002", "44004", "40007",
            "40008",
        ],
    ])
}
