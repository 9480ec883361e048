import Kit
import Rules

/// The words that files use for the values of closed sets, beside the contract's own; compared without case.
enum ValueWords {
    static let gender = ChoiceWords<MemberRow.Gender>([
        .female: "female f 女 女士 女性", .male: "male m 男 先生 男士 男性", .unknown: "unknown 未知 保密 不详 其他",
    ])
    static let memberStatus = ChoiceWords<MemberRow.Status>([
        .active: "active 正常 有效 启用 活跃", .closed: "closed 已注销 注销 已销户 销户 关闭 已关闭 停用",
    ])
    static let personalisation = ChoiceWords<MemberRow.Personalisation>([
        .personalised: "personalised personalized 个性化 开启 接受", .generic: "generic 通用 非个性化 关闭",
        .none: "none 不接收 拒绝",
    ])
    static let calendar = ChoiceWords<RecurringCalendar>([
        .solar: "solar 阳历 公历 新历 西历", .lunar: "lunar 农历 阴历 旧历",
    ])
    static let orderStatus = ChoiceWords<OrderRow.Status>([
        .paid: "paid 已支付 已付款 支付成功 已完成 交易成功 已发货 已收货",
        .cancelled: "cancelled canceled 已取消 取消 交易关闭 已关闭", .refunded: "refunded 已退款 退款 退款成功 全额退款",
    ])
    static let cartState = ChoiceWords<CartRow.State>([
        .open: "open 打开 未下单 未结算 进行中", .emptied: "emptied 已清空 清空", .ordered: "ordered 已下单 已结算 已转订单",
    ])
    static let couponState = ChoiceWords<CouponRow.State>([
        .unused: "unused 未使用 待使用 可用", .used: "used 已使用 已核销 使用", .expired: "expired 已过期 过期 已失效 失效",
    ])
    static let consentState = ChoiceWords<ConsentRow.State>([
        .granted: "granted 同意 已同意 授予 授权 已授权 接受 订阅 已订阅",
        .withdrawn: "withdrawn 拒绝 已拒绝 撤回 已撤回 退订 已退订 不同意 拒收 取消授权 取消订阅",
    ])
    static let purpose = ChoiceWords<ConsentRow.Purpose>([
        .marketing: "marketing 营销 推广 促销", .service: "service 服务 通知",
    ])
    /// Channels that have a Chinese name; any other name is a channel's own key.
    static let channel = ChoiceWords<String>(ChannelWords.named)
    /// The words for every channel in a list of consents.
    static let everyChannel = ChannelWords.every
    static let reason = ChoiceWords<SuppressionRow.Reason>([
        .optOut: "opt_out optout opt-out unsubscribe unsubscribed 退订 已退订 用户退订 回复退订 拒收 td",
        .bounce: "bounce bounced hard_bounce 退信 空号 停机 无效号码 无效地址 号码无效",
        .complaint: "complaint complained spam 投诉 举报", .operator: "operator manual blacklist 人工 手动 运营 黑名单",
    ])
    static let bool = ChoiceWords<Bool>([
        true: "true 是 " + AttributeValue.yes.sorted().joined(separator: " "),
        false: "false 否 " + AttributeValue.no.sorted().joined(separator: " "),
    ])
}
