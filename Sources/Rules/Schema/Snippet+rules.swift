extension Snippet {
    static let rules = [birthday, cart, thanks, points, inactive, coupon, followUp]

    private static func head(_ id: String, _ name: String, _ owner: String, purpose: String) -> String {
        "id: ${1:\(id)}\nname: ${2:\(name)}\nstatus: draft\nowner: ${3:\(owner)}\npurpose: \(purpose)\n"
    }

    private static let message = """
          - send:
              try:
                - sms:
                    template: ${4:sms_hello}
                - wechat:
                    template: ${5:wx_hello}
              fill:
                name: member.display_name

        """

    private static let birthday = Snippet(
        label: "birthday", description: "生日前几天：发券，再发消息",
        body: head("birthday-gift", "生日礼遇", "crm-team", purpose: "marketing") + """
            when:
              birthday:
                days_before: 3
                at: "09:30"
            if:
              member.status: active
            do:
              - give_coupon:
                  template: ${6:BDAY-30OFF}
                  valid_until:
                    days_after_occasion: 7
                  save_as: gift

            """ + message + "limits:\n  once_per: birthday")

    private static let cart = Snippet(
        label: "cart abandoned", description: "购物车放弃 24 小时",
        body: head("cart-abandoned-24h", "购物车放弃 24 小时", "ecommerce", purpose: "marketing") + """
            when:
              cart_idle:
                for: 24h
            unless: [order.paid, cart.emptied]
            if:
              cart.total: {at_least: 50}
              cart.in_stock_items: {at_least: 1}
            do:

            """ + message + "limits:\n  once_per: cart\n  at_most: {times: 2, in: 7d}")

    private static let thanks = Snippet(
        label: "after a purchase", description: "购后一小时感谢",
        body: head("post-purchase-thanks", "购后一小时感谢", "crm-team", purpose: "marketing") + """
            when:
              event:
                name: order.paid
                after: 1h
            unless: [order.cancelled, order.refunded]
            do:

            """ + message + "limits:\n  once_per: order\n  at_most: {times: 1, in: 1d}")

    private static let points = Snippet(
        label: "points expire", description: "积分七天后到期",
        body: head("points-expiring-7d", "积分七天后到期", "loyalty", purpose: "marketing") + """
            when:
              points_expire:
                days_before: 7
                at: "10:30"
            if:
              points.expiring: {at_least: 500}
            do:

            """ + message + "limits:\n  once_per: points_batch")

    private static let inactive = Snippet(
        label: "valuable member is silent", description: "高价值会员沉睡：派任务给导购",
        body: head("vip-inactive-90d", "高价值会员 90 天未到店", "store-ops", purpose: "marketing") + """
            when:
              inactive:
                for: 90d
                at: "10:00"
                activity: [order.paid, store.visited]
            if:
              member.lifetime_spend: {at_least: 5000}
            existing_members:
              drip: 200
              every: 1d
            do:
              - create_task:
                  assign_to: member.advisor
                  or_else: store_manager
                  title: ${4:回访高价值会员}
                  due_in: 3d
            limits:
              once_per: inactivity
            """)

    private static let coupon = Snippet(
        label: "coupon expires", description: "优惠券到期前一天，几张合并成一条",
        body: head("coupon-expires-tomorrow", "优惠券到期前一天提醒", "crm-team", purpose: "marketing") + """
            when:
              coupon_expires:
                days_before: 1
                at: "10:00"
            if:
              coupon.state: unused
            combine:
              into: one_per_member
              save_as: coupons
            do:

            """ + message + "limits:\n  once_per: coupon")

    private static let followUp = Snippet(
        label: "follow up on a message", description: "消息发出七天后，券还没用就再提醒",
        body: head("birthday-follow-up", "生日券未使用提醒", "crm-team", purpose: "marketing") + """
            when:
              event:
                name: message.sent
                where:
                  rule: ${6:birthday-gift}
                after: 7d
            unless: [coupon.used]
            do:

            """ + message + "limits:\n  once_per: message")
}
