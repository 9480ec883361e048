import Kit

extension Attention {
    /// A unit that ended and is not started again.
    /// - Parameter status: its exit code, as systemd names it.
    package static func failed(_ unit: String, status: String?) -> Attention {
        let meaning =
            switch status {
            case "78": Bilingual("nudged.yaml, the rules or the store are refused", "拒绝了 nudged.yaml、规则或数据库")
            case "75": Bilingual("the store is taken or the disk full", "数据库被占用或磁盘已满")
            case "70": Bilingual("a fault of the program", "内部错误")
            case let status?: Bilingual("it ended with \(status)", "以 \(status) 结束")
            case nil: Bilingual("it does not run any more", "已不再运行")
            }
        return Attention(
            "daemon_failed", of: unit,
            Bilingual("\(unit) failed: \(meaning)", "\(unit) 失败：\(meaning.chinese)"),
            remedy: Bilingual(
                "`journalctl -u \(unit) -n 50`, then `nudged check --config`",
                "`journalctl -u \(unit) -n 50`，然后 `nudged check --config`"))
    }
}
