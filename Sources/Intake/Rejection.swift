import Kit
import Rules

/// Why a row was rejected. The sentence names the column and what is wrong with its value; it never quotes a value that
/// reaches or names a person.
package enum Rejection: Error, Equatable, Sendable {
    case empty(Column)
    case invalidBytes(String)
    case nul(String)
    case control(Column, Unicode.Scalar)
    case tooLong(Column, bytes: Int)
    case shortRow(cells: Int, header: Int)
    case longRow(cells: Int, header: Int)
    case openQuote
    case textAfterQuote
    case recordTooLong
    case excelNumber(Column)
    case excelSerial(Column)
    case notDate(Column, String)
    case notInstant(Column, String)
    case noSuchDate(Column, String)
    case yearOutOfRange(Column, String)
    case futureBirthday
    case solarLeapMonth
    case noSuchLeapMonth
    case notMoney(Column, String)
    case tenThousands(Column, String)
    case moneyDecimals(Column, String)
    case negative(Column, String)
    case tooMuchMoney(Column, String)
    case notWhole(Column, String)
    case notOneOf(Column, String, allowed: String)
    /// With the first character that no number has.
    case notPhone(Unicode.Scalar?)
    case notEmail
    case notAddress
    case noSuchZone(String)
    case noMember
    case noOrder
    case ambiguousOrder
    case notJSON(Column?, StrictJSON.Failure)
    case notObject(Column?)
    case doubledKey(Column)
    /// A custom attribute, whose value may be personal.
    case notOfType(attribute: String, FieldType)
    /// What a source sent is no event: the name of the key that should hold it.
    case noEvent(String)
    case unknownType
    case noPerson
    case noSecondPerson
    case noEventName
    case notTime(String)
    /// More than ten minutes ahead of the clock here.
    case inFuture
    /// The trait `consents` is neither an object by channel nor a list of objects.
    case notConsents
    /// A text in a message is not the JSON that the mapping says; the payload is its place.
    case undecodable(String)
    /// A place in a message is no list.
    case notList(String)
    /// The mapping has no message of that kind.
    case noMessage
    /// The statement that writes it fails, in the words of the database.
    case unwritable(String)
    /// The same id came before with another content.
    case conflict
    /// The same for an event of an import or of the API.
    case otherEvent
    /// More than ten minutes ahead of the clock here.
    case ahead(Column)
    /// A yes for everybody at an address, or for every channel, where that channel asks each member to confirm.
    case needsProof(String)

    /// - Parameter showing: how a value is quoted: as it is in the rejected file, which holds the row anyway; masked on
    ///   a console, where any column may hold a misplaced phone number.
    package func sentence(in language: Language, showing: Showing = .asItIs) -> String {
        func quoted(_ column: Column, _ value: String) -> String { self.quoted(column, value, showing) }
        return language == .chinese ? chinese(quoted) : english(quoted)
    }

    package enum Showing: Sendable { case asItIs, masked }

    private func english(_ quoted: (Column, String) -> String) -> String {
        switch self {
        case .empty(let c): "\(c.rawValue) is empty"
        case .invalidBytes(let c): "\(c) holds bytes that are no text in the encoding of the file"
        case .nul(let c): "\(c) holds a NUL character (U+0000)"
        case .control(let c, let s): "\(c.rawValue) holds a control character (\(Rejection.code(s)))"
        case .tooLong(let c, let bytes): "\(c.rawValue) is longer than \(bytes) bytes"
        case .shortRow(let cells, let header): "the row has \(cells) cells, the header \(header)"
        case .longRow(let cells, let header): "the row has \(cells) cells, the header only \(header)"
        case .openQuote: "a quotation mark opens and never closes"
        case .textAfterQuote: "text follows a closing quotation mark"
        case .recordTooLong: "the row is longer than 1 MB"
        case .excelNumber(let c): "\(c.rawValue) was turned into a number by Excel; format the column as text"
        case .excelSerial(let c): "\(c.rawValue) is an Excel day number; format the column as a date"
        case .notDate(let c, let v): "\(quoted(c, v)) is not a date such as 2026-03-08"
        case .notInstant(let c, let v): "\(quoted(c, v)) is not a date and time such as 2026-03-08 14:30"
        case .noSuchDate(let c, let v): "\(quoted(c, v)) is not a day that exists"
        case .yearOutOfRange(let c, let v): "\(quoted(c, v)) is outside the years 1900 to 2100"
        case .futureBirthday: "birthday is in the future"
        case .solarLeapMonth: "only lunar dates have a leap month"
        case .noSuchLeapMonth: "that lunar year has no such leap month"
        case .notMoney(let c, let v): "\(quoted(c, v)) is not an amount in yuan such as 1299.00"
        case .tenThousands(let c, let v): "\(quoted(c, v)) is rounded to 万; write the amount in yuan"
        case .moneyDecimals(let c, let v): "\(quoted(c, v)) has more than two decimals"
        case .negative(let c, let v): "\(quoted(c, v)) is negative"
        case .tooMuchMoney(let c, let v): "\(quoted(c, v)) is more than 10 million yuan"
        case .notWhole(let c, let v): "\(quoted(c, v)) is not a whole number"
        case .notOneOf(let c, let v, let allowed): "\(quoted(c, v)) is not one of \(allowed)"
        case .notPhone(let s): "phone is not a mobile number" + (s.map { "; it holds \(Rejection.code($0))" } ?? "")
        case .notEmail: "email is not an address"
        case .notAddress: "address is neither a mobile number nor an email"
        case .noSuchZone(let v): "\(quoted(.timezone, v)) is not a time zone such as Asia/Shanghai"
        case .noMember: "there is no member with this member_id; import members first"
        case .noOrder: "there is no order with this order_id; import orders first"
        case .ambiguousOrder: "several members have an order with this order_id"
        case .notJSON(let c, let failure): "\(c?.rawValue ?? "the line") is not JSON: \(failure.english)"
        case .notObject(let c): "\(c?.rawValue ?? "the line") is not a JSON object"
        case .doubledKey(let c): "\(c.rawValue) is there twice"
        case .notOfType(let name, let type): "attr.\(name) is not \(type.wanted.english)"
        case .noEvent(let key): "\(key) is not a JSON object that tells of an event"
        case .unknownType: "type is not one of identify, track, page, screen, group, alias"
        case .noPerson: "neither userId nor anonymousId says whose event it is"
        case .noSecondPerson: "an alias needs userId and previousId"
        case .noEventName: "event, its name, is empty"
        case .notTime(let key): "\(key) is not a time such as 2026-03-08T14:30:00+08:00"
        case .inFuture: "timestamp is more than ten minutes in the future (is it local time that was sent as UTC?)"
        case .notConsents: "consents is not an object by channel, nor a list of {channel, state}"
        case .undecodable(let place): "\(place) is not the JSON that the mapping says"
        case .notList(let place): "\(place) is not a list"
        case .noMessage: "no message of the mapping is of this kind: none of its `when` holds"
        case .unwritable(let reason): "it could not be written (\(reason))"
        case .conflict: "the same messageId came before with another content, which stays"
        case .otherEvent: "another event came before under this id, which stays; give each event an id of its own"
        case .ahead(let c):
            "\(c.rawValue) is more than ten minutes in the future (is it local time that was sent as UTC, or a wrong year?)"
        case .needsProof(let channel):
            "a yes for all channels or for an address alone needs a proof, because `\(channel)` has double_opt_in"
        }
    }

    private func chinese(_ quoted: (Column, String) -> String) -> String {
        switch self {
        case .empty(let c): "\(c.rawValue) 为空"
        case .invalidBytes(let c): "\(c) 含有无法按文件编码识别的字节"
        case .nul(let c): "\(c) 含有 NUL 字符（U+0000）"
        case .control(let c, let s): "\(c.rawValue) 含有控制字符（\(Rejection.code(s))）"
        case .tooLong(let c, let bytes): "\(c.rawValue) 超过 \(bytes) 字节"
        case .shortRow(let cells, let header): "本行只有 \(cells) 列，表头有 \(header) 列"
        case .longRow(let cells, let header): "本行有 \(cells) 列，表头只有 \(header) 列"
        case .openQuote: "引号没有闭合"
        case .textAfterQuote: "右引号后面还有文字"
        case .recordTooLong: "本行超过 1 MB"
        case .excelNumber(let c): "\(c.rawValue) 已被 Excel 变成数字，请把该列设为文本格式"
        case .excelSerial(let c): "\(c.rawValue) 是 Excel 的日期序号，请把该列设为日期格式"
        case .notDate(let c, let v): "\(quoted(c, v)) 不是日期，应写作 2026-03-08"
        case .notInstant(let c, let v): "\(quoted(c, v)) 不是时间，应写作 2026-03-08 14:30"
        case .noSuchDate(let c, let v): "\(quoted(c, v)) 这一天不存在"
        case .yearOutOfRange(let c, let v): "\(quoted(c, v)) 不在 1900 至 2100 年之间"
        case .futureBirthday: "birthday 在将来"
        case .solarLeapMonth: "只有农历日期才有闰月"
        case .noSuchLeapMonth: "该农历年没有这个闰月"
        case .notMoney(let c, let v): "\(quoted(c, v)) 不是以元为单位的金额，应写作 1299.00"
        case .tenThousands(let c, let v): "\(quoted(c, v)) 以万为单位，请写成元"
        case .moneyDecimals(let c, let v): "\(quoted(c, v)) 超过两位小数"
        case .negative(let c, let v): "\(quoted(c, v)) 是负数"
        case .tooMuchMoney(let c, let v): "\(quoted(c, v)) 超过一千万元"
        case .notWhole(let c, let v): "\(quoted(c, v)) 不是整数"
        case .notOneOf(let c, let v, let allowed): "\(quoted(c, v)) 只能是 \(allowed)"
        case .notPhone(let s): "phone 不是手机号" + (s.map { "，含有 \(Rejection.code($0))" } ?? "")
        case .notEmail: "email 不是邮箱地址"
        case .notAddress: "address 既不是手机号也不是邮箱"
        case .noSuchZone(let v): "\(quoted(.timezone, v)) 不是时区，应写作 Asia/Shanghai"
        case .noMember: "没有这个会员号的会员，请先导入 members"
        case .noOrder: "没有这个订单号的订单，请先导入 orders"
        case .ambiguousOrder: "有多位会员的订单用了这个订单号"
        case .notJSON(let c, let failure): "\(c?.rawValue ?? "本行") 不是 JSON：\(failure.chinese)"
        case .notObject(let c): "\(c?.rawValue ?? "本行") 不是 JSON 对象"
        case .doubledKey(let c): "\(c.rawValue) 出现了两次"
        case .notOfType(let name, let type): "attr.\(name) 不是\(type.wanted.chinese)"
        case .noEvent(let key): "\(key) 不是描述事件的 JSON 对象"
        case .unknownType: "type 只能是 identify、track、page、screen、group、alias"
        case .noPerson: "userId 和 anonymousId 都没有，不知道是谁的事件"
        case .noSecondPerson: "alias 需要 userId 和 previousId"
        case .noEventName: "event（事件名）为空"
        case .notTime(let key): "\(key) 不是时间，应写作 2026-03-08T14:30:00+08:00"
        case .inFuture: "timestamp 比现在晚十分钟以上（是不是把本地时间当成 UTC 发送了？）"
        case .notConsents: "consents 既不是按渠道的对象，也不是 {channel, state} 的列表"
        case .undecodable(let place): "\(place) 不是映射文件所写的 JSON"
        case .notList(let place): "\(place) 不是列表"
        case .noMessage: "映射文件里没有这种消息：没有一个 `when` 符合"
        case .unwritable(let reason): "无法写入（\(reason)）"
        case .conflict: "同一个 messageId 之前来过，内容不同；以先来的为准"
        case .otherEvent: "这个编号之前是另一个事件，以先来的为准；请给每个事件各自的编号"
        case .ahead(let c): "\(c.rawValue) 比现在晚十分钟以上（是不是把本地时间当成 UTC，或写错了年份？）"
        case .needsProof(let channel): "渠道 `\(channel)` 开启了 double_opt_in，对全部渠道或只对地址的同意必须填写凭证 proof"
        }
    }

    /// `U+202A`: the eye cannot tell every character, and no single one names a person.
    private static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }

    /// True where the column takes the words of a closed list, so that what failed was meant for a word.
    private var isOfClosedList: Bool {
        switch self {
        case .notOneOf, .noSuchZone: true
        default: false
        }
    }

    /// `total "1.2万"`, or the column alone when its values are personal.
    private func quoted(_ column: Column, _ value: String, _ showing: Showing) -> String {
        guard !column.isPersonal else { return column.rawValue }
        if showing == .masked {
            return "\(column.rawValue) \"\(isOfClosedList ? Mask.word(value) : Mask.cell(value))\""
        }
        let short = value.unicodeScalars.count > 40 ? String(value.unicodeScalars.prefix(40)) + "…" : value
        return "\(column.rawValue) \"\(short)\""
    }
}
