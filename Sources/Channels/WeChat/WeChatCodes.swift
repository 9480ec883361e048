/// The codes of WeChat's official accounts and mini programs.
enum WeChatCodes {
    static let table = CodeTable([
        .accepted: ["0"],
        .busy: ["-1", "45011", "61450"],
        .wait(.seconds(86_400)): ["43117"],
        .quota(.day): ["45009"],
        .token: ["40001", "40014", "42001"],
        .misconfigured: [
            "41001", "40002", "40013", "40125", "40164", "89503", "48001", "48004", "50002", "40037", "43116", "61004",
            "61007",
        ],
        .rejected: [
            "40003", "47001", "47003", "44004", "45002", "48002", "48008", "50005", "43019",
        ],
        .suppressed(.unfollowed): ["43004"],
        .suppressed(.uncredited): ["43101", "45015", "45047"],
    ])
}
