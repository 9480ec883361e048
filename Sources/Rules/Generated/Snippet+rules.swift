// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/snippets/. Change those files, then run `make rules`.

extension Snippet {
    static let rules: [Snippet] = [
        Snippet(
            label: #"birthday"#,
            description: #"生日前几天：发券，再发消息"#,
            body: #"""
id: ${1:birthday-gift}
name: ${2:生日礼遇}
status: draft
owner: ${3:crm-team}
purpose: marketing
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
  - send:
      try:
        - sms:
            template: ${4:sms_hello}
        - wechat:
            template: ${5:wx_hello}
      fill:
        name: member.display_name
limits:
  once_per: birthday
"""#),
        Snippet(
            label: #"cart abandoned"#,
            description: #"购物车放弃 24 小时"#,
            body: #"""
id: ${1:cart-abandoned-24h}
name: ${2:购物车放弃 24 小时}
status: draft
owner: ${3:ecommerce}
purpose: marketing
when:
  cart_idle:
    for: 24h
unless: [order.paid, cart.emptied]
if:
  cart.total: {at_least: 50}
  cart.in_stock_items: {at_least: 1}
do:
  - send:
      try:
        - sms:
            template: ${4:sms_hello}
        - wechat:
            template: ${5:wx_hello}
      fill:
        name: member.display_name
limits:
  once_per: cart
  at_most: {times: 2, in: 7d}
"""#),
        Snippet(
            label: #"after a purchase"#,
            description: #"购后一小时感谢"#,
            body: #"""
id: ${1:post-purchase-thanks}
name: ${2:购后一小时感谢}
status: draft
owner: ${3:crm-team}
purpose: marketing
when:
  event:
    name: order.paid
    after: 1h
unless: [order.cancelled, order.refunded]
do:
  - send:
      try:
        - sms:
            template: ${4:sms_hello}
        - wechat:
            template: ${5:wx_hello}
      fill:
        name: member.display_name
limits:
  once_per: order
  at_most: {times: 1, in: 1d}
"""#),
        Snippet(
            label: #"points expire"#,
            description: #"积分七天后到期"#,
            body: #"""
id: ${1:points-expiring-7d}
name: ${2:积分七天后到期}
status: draft
owner: ${3:loyalty}
purpose: marketing
when:
  points_expire:
    days_before: 7
    at: "10:30"
if:
  points.expiring: {at_least: 500}
do:
  - send:
      try:
        - sms:
            template: ${4:sms_hello}
        - wechat:
            template: ${5:wx_hello}
      fill:
        name: member.display_name
limits:
  once_per: points_batch
"""#),
        Snippet(
            label: #"valuable member is silent"#,
            description: #"高价值会员沉睡：派任务给导购"#,
            body: #"""
id: ${1:vip-inactive-90d}
name: ${2:高价值会员 90 天未到店}
status: draft
owner: ${3:store-ops}
purpose: marketing
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
"""#),
        Snippet(
            label: #"coupon expires"#,
            description: #"优惠券到期前一天，几张合并成一条"#,
            body: #"""
id: ${1:coupon-expires-tomorrow}
name: ${2:优惠券到期前一天提醒}
status: draft
owner: ${3:crm-team}
purpose: marketing
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
  - send:
      try:
        - sms:
            template: ${4:sms_hello}
        - wechat:
            template: ${5:wx_hello}
      fill:
        name: member.display_name
limits:
  once_per: coupon
"""#),
        Snippet(
            label: #"follow up on a message"#,
            description: #"消息发出七天后，券还没用就再提醒"#,
            body: #"""
id: ${1:birthday-follow-up}
name: ${2:生日券未使用提醒}
status: draft
owner: ${3:crm-team}
purpose: marketing
when:
  event:
    name: message.sent
    where:
      rule: ${6:birthday-gift}
    after: 7d
unless: [coupon.used]
do:
  - send:
      try:
        - sms:
            template: ${4:sms_hello}
        - wechat:
            template: ${5:wx_hello}
      fill:
        name: member.display_name
limits:
  once_per: message
"""#),
    ]
}
