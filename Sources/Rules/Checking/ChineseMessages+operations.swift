import Kit

/// The Chinese of sentences that the store keeps, or a log has, in English: the reasons of guards, and broken promises.
/// What an operator typed as a reason has no shape here and stays as it is.
extension ChineseMessages {
    static let operations: [String: String] = [guards, rollbacks, losses, damages, promises].reduce(into: [:]) {
        $0.merge($1) { first, _ in first }
    }

    private static let guards: [String: String] = [
        "blast guard": "群发保护", "clock guard": "时钟保护", "store check": "数据库检查", "rollback guard": "备份保护",
        "poison guard": "崩溃保护",
        "_ or more of its deliveries ended the daemon; see `_`": "它的投递让守护进程退出了 {1} 次以上；请看 `{2}`",
        "_ people at once, more than _ times the usual _": "一次 {1} 人，超过平时（{3} 人）的 {2} 倍",
        "_ people at once, and this rule has never run before": "一次 {1} 人，而这条规则从未运行过",
        "_ people at once, more than _% of _ members": "一次 {1} 人，超过全部 {3} 位会员的 {2}%",
        "the rules were evaluated until {code}, which has not come yet": "规则已经评估到 {1}，这个时间还没有到",
        "the clock was set by _ seconds": "时钟被调了 {1} 秒",
        "the clock is _ days after the last evaluation": "时钟比上次评估晚了 {1} 天",
        "the rules were evaluated until _ minutes from now: now the clock is wrong, or it was then; set it right, then `_`":
            "规则已经评估到 {1} 分钟以后：不是现在的时钟不对，就是当时的不对；请校准时钟，再运行 `{2}`",
    ]

    private static let rollbacks: [String: String] = standings.reduce(into: [:]) { table, what in
        let remedy = "; see `_`, give what the provider has taken to `_`, then `_`"
        let chinese = what.value + "；先看 `{1}`，把渠道已接收的交给 `{2}`，再运行 `{3}`"
        table[what.key + remedy] = chinese
        table["I19 not the store of the mark beside it: " + what.key + remedy] = "I19 数据库与旁边的标记文件不符：" + chinese
    }

    private static let standings = [
        "the mark that lay beside this store is gone, and what it sent last cannot be told": "数据库旁边的标记文件不见了，无法得知最后发了什么",
        "the mark beside this store is empty, and what it sent last cannot be told": "数据库旁边的标记文件是空的，无法得知最后发了什么",
        "the mark beside this store cannot be read, and what it sent last cannot be told":
            "数据库旁边的标记文件读不了，无法得知最后发了什么",
        "this is another store than the one that sent last": "这不是上次发送所用的数据库",
        "the store is older than what it sent last: a backup was put back": "数据库比它最后发出的消息还旧：恢复过备份",
        "the store is not the one that sent last: a backup was put back, or another copy has sent since":
            "数据库不是上次发送的那一个：恢复过备份，或者另一份副本发送过消息",
    ]

    /// Refusals that a backup does not know.
    private static let losses: [String: String] = [
        "there was no store to read them from": "没有可供读取的原数据库",
        "the replaced store could not be read": "原数据库读不了",
        "the replaced store knows addresses by another key": "原数据库的地址用的是另一个密钥",
    ].reduce(into: [:]) { table, what in
        table["refusals since the backup are lost: \(what.key); import them again, see `_`, then `_`"] =
            "备份之后的拒绝已丢失：\(what.value)；请重新导入，看过 `{1}`，再运行 `{2}`"
    }

    /// What SQLite says of a file or a disk, in its own English words.
    static let ofSQLite = [
        "database disk image is malformed": "数据库文件的内容前后不一致", "file is not a database": "文件不是数据库",
        "disk I/O error": "磁盘读写出错", "out of memory": "内存不足", "large file support is disabled": "不支持这么大的文件",
    ]

    /// What ended a daemon and holds everything since.
    private static let damages: [String: String] = ["": "", "nothing more is sent: ": "不再发送任何消息："].reduce(
        into: [:]
    ) { table, start in
        for (store, chinese) in [("the store", "数据库"), ("the store {code}", "数据库 {1} ")] {
            let next = store == "the store" ? 1 : 2
            let cell = "the cell `_` of {code} in the table `_` is damaged"
            table["\(start.key)\(store) is damaged ({code}); restore a backup"] =
                "\(start.value)\(chinese)已损坏（{\(next)}），请恢复备份"
            table["\(start.key)\(store) is damaged (\(cell)); restore a backup"] =
                "\(start.value)\(chinese)已损坏（表 `{\(next + 2)}` 中 {\(next + 1)} 的 `{\(next)}` 已损坏），请恢复备份"
            table["\(start.key)\(store) cannot be relied on ({code}); check the disk"] =
                "\(start.value)\(chinese)不再可靠（{\(next)}），请检查磁盘"
            for (text, words) in ofSQLite {
                table["\(start.key)\(store) is damaged (\(text)); restore a backup"] =
                    "\(start.value)\(chinese)已损坏（\(words)），请恢复备份"
                table["\(start.key)\(store) cannot be relied on (\(text)); check the disk"] =
                    "\(start.value)\(chinese)不再可靠（\(words)），请检查磁盘"
            }
        }
    }

    /// The lines of `verify`, and what this version does not have.
    private static let promises: [String: String] = [
        "I14 an erased member's message has its address, text or values, delivery: {code}":
            "I14 已删除会员的消息仍有地址、内容或变量，投递：{1}",
        "I14 an erased member's decision says what it was about, decision: {code}": "I14 已删除会员的决定仍写明缘由，决定：{1}",
        "I14 rows are left of an erased member, table: {code}": "I14 已删除会员仍有数据行，表：{1}",
        "I14 an erased member has no hash on record, decision: {code}": "I14 已删除的会员没有留下哈希，决定：{1}",
        "I8 attempt after an erasure, delivery: {code}": "I8 删除个人信息之后仍有尝试，投递：{1}",
        "erased before; the backup still had them": "此前已删除；备份里仍有",
        "I1 more than one decision or step for an occasion, rule: {code}": "I1 同一场合有多个决定或步骤，规则：{1}",
        "I2 decided to send without a delivery, rule: {code}": "I2 决定发送却没有投递，规则：{1}",
        "I2 delivery that nobody decided: {code}": "I2 投递没有对应的决定：{1}",
        "I3 handed over more often than allowed, delivery: {code}": "I3 交出的次数超过允许，投递：{1}",
        "I4 attempts with a gap in their numbers, delivery: {code}": "I4 尝试的序号有缺口，投递：{1}",
        "I4 next attempt before the outcome of the last, delivery: {code}": "I4 上一次尝试还没有结果就开始了下一次，投递：{1}",
        "I5 attempt on a delivery that had ended, delivery: {code}": "I5 投递已经结束却又尝试，投递：{1}",
        "I6 a change of state that is not in the drawing, delivery: {code}": "I6 状态图里没有的状态变化，投递：{1}",
        "I7 delivery under way while nothing runs: {code}": "I7 没有进程在运行，投递却在进行中：{1}",
        "I8 attempt after consent was withdrawn, delivery: {code}": "I8 会员撤回同意之后仍有尝试，投递：{1}",
        "I8 attempt after consent was withdrawn for its address, delivery: {code}": "I8 地址撤回同意之后仍有尝试，投递：{1}",
        "I8 marketing to a minor without the yes of a guardian, delivery: {code}": "I8 没有监护人同意就向未成年人发营销，投递：{1}",
        "I8 attempt after a suppression, delivery: {code}": "I8 会员列入不发名单之后仍有尝试，投递：{1}",
        "I8 attempt after its address was suppressed, delivery: {code}": "I8 地址列入不发名单之后仍有尝试，投递：{1}",
        "I9 handed over in quiet hours, delivery: {code}": "I9 在免打扰时段交出，投递：{1}",
        "I10 handed over beyond the frequency cap, delivery: {code}": "I10 超过频次上限交出，投递：{1}",
        "I11 attempt of an epoch that was over, delivery: {code}": "I11 尝试出自已被接管的守护进程，投递：{1}",
        "I12 people reached in a quarter of an hour are not as many as its decisions, rule: {code}":
            "I12 一刻钟内触达的人数与决定数不符，规则：{1}",
        "I12 the latest activity is not that of the events, event: {code}": "I12 最近活动与事件记录不符，事件：{1}",
        "I12 messages by their instant are not those that were decided, rule: {code}":
            "I12 按时刻找到的消息与决定不符，规则：{1}",
        "I12 a credit is used by a message that did not leave, delivery: {code}": "I12 没有发出的消息占用了一次授权，投递：{1}",
        "I8 attempt after its address unfollowed the account, delivery: {code}": "I8 地址取消关注之后仍有尝试，投递：{1}",
        "I20 what is counted as spent is not what the attempts of the day cost, channel: {code}":
            "I20 记下的花费与当天各次尝试的费用不符，渠道：{1}",
        "I20 marketing of a day costs more than its budget, channel: {code}": "I20 当天的营销超出预算，渠道：{1}",
        "I18 decisions were removed that the rules in force may ask for, those before: {code}":
            "I18 清理掉了生效规则还可能用到的决定，时间早于：{1}",
        "I20 a refused attempt is still paid for, delivery: {code}": "I20 被拒绝的尝试仍然计费，投递：{1}",
        "I13 unknown for more than 72 hours, delivery: {code}": "I13 结果不明超过 72 小时，投递：{1}",
        "I15 two events of one source and id, event: {code}": "I15 同一来源、同一编号有两个事件，事件：{1}",
        "I16 receipt that disagrees with its delivery and is not flagged, delivery: {code}":
            "I16 回执与投递不一致却没有标出，投递：{1}",
        "I16 receipt that waits for more than 72 hours, channel: {code}": "I16 回执等待超过 72 小时，渠道：{1}",
        "I17 claimed more than three times, delivery: {code}": "I17 被领取三次以上，投递：{1}",
        "I17 claimed without a holder and a lease, delivery: {code}": "I17 已领取却没有持有者和期限，投递：{1}",
        "I19 sequence behind its rows: {code}": "I19 序号落后于已有记录：{1}",
    ]
}

extension Bilingual {
    /// A text of SQLite, with its Chinese where it is one of those that a file or a disk earns.
    package init(ofSQLite text: String) { self.init(text, ChineseMessages.ofSQLite[text] ?? text) }
}
