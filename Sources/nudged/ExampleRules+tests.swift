// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

extension ExampleRules {
    static let tests: [File] = [
        File(path: "tests/birthday.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1
rules: [../lifecycle.yaml]         # a pattern that matches no file is an error
only: [birthday-gift]                    # an id that does not exist is an error
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: SMS goes out three days ahead at half past nine
    members: [lin]
    run_until: "2026-03-11 00:00"
    expect:
      - at: "2026-03-07 09:30"
        rule: birthday-gift
        member: lin
        outcome: sent
        channel: sms
        template: sms_birthday_gift
        coupon: BDAY-30OFF

  - name: WeChat takes over when there is no phone number
    members: [zhao]
    run_until: "2026-03-11 00:00"
    expect:
      - at: "2026-03-07 09:30"
        rule: birthday-gift
        member: zhao
        outcome: sent
        channel: wechat
        tried: [{sms: no_address}]

  - name: a member without a tier is left alone, and we know why
    members: [notier]
    run_until: "2026-03-11 00:00"
    expect:
      - at: "2026-03-07 09:30"
        rule: birthday-gift
        member: notier
        outcome: skipped
        because: {condition: member.tier, actual: missing}

  - name: 29 February counts as 28 February in a common year
    members: [leap]
    clock: {start: "2027-02-01 00:00"}
    run_until: "2027-03-05 00:00"
    expect:
      - {at: "2027-02-25 09:30", rule: birthday-gift, member: leap, outcome: sent, channel: sms}

  - name: leap sixth month falls back to the plain sixth month, day 30 to the last day
    members: [luna]
    clock: {start: "2027-07-01 00:00"}     # in 2027 the plain sixth month has 29 days: 4 July to 1 August
    run_until: "2027-09-01 00:00"
    expect:
      - {at: "2027-07-29 09:30", rule: birthday-gift, member: luna, outcome: sent, channel: sms}

  - name: an outage of five hours delays the greeting, a long one drops it
    cases:
      - {down_for: 5h, outcome: sent, at: "2026-03-07 14:00"}
      - {down_for: 13h, outcome: missed, at: "2026-03-07 22:00"}
    members: [lin]
    timeline:
      - {at: "2026-03-07 09:00", stop_daemon_for: "{down_for}"}
    run_until: "2026-03-11 00:00"
    expect:
      - {at: "{at}", rule: birthday-gift, member: lin, outcome: "{outcome}"}

  - name: a restart and a rule reload do not send twice
    members: [lin]
    timeline:
      - {at: "2026-03-07 09:29", restart_daemon: true}
      - {at: "2026-03-07 09:31", reload_rules: true}
      - {at: "2026-03-07 09:32", restart_daemon: true}
    run_until: "2026-03-11 00:00"
    expect:
      - {at: "2026-03-07 09:30", rule: birthday-gift, member: lin, outcome: sent, channel: sms}

"""#),
        File(path: "tests/cart-fixtures.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 用测试会员自己的购物车:放着不动的提醒,当天买了的取消,不到 50 元的跳过。

rules: [../lifecycle.yaml]
only: [cart-abandoned-24h]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-05 00:00", timezone: Asia/Shanghai}

tests:

  - name: 放了一天的购物车被提醒一次
    members: [he]
    run_until: "2026-03-08 00:00"
    expect:
      - {at: "2026-03-06 12:00", rule: cart-abandoned-24h, member: he, outcome: sent, channel: push, template: push_cart_reminder}

  - name: 当天下单就取消提醒
    members: [feng]
    run_until: "2026-03-08 00:00"
    expect:
      - {at: "2026-03-05 15:20", rule: cart-abandoned-24h, member: feng, outcome: cancelled, because: {unless: order.paid}}

  - name: 不到 50 元的购物车不提醒
    members: [feng]
    clock: {start: "2026-03-14 00:00"}
    run_until: "2026-03-16 00:00"
    expect:
      - {at: "2026-03-15 09:00", rule: cart-abandoned-24h, member: feng, outcome: skipped, because: {condition: cart.total}}

"""#),
        File(path: "tests/cart.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1
rules: [../lifecycle.yaml]
only: [cart-abandoned-24h]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-05-01 08:00", timezone: Asia/Shanghai}

tests:

  - name: silent cart is reminded after exactly 24 hours
    members: [lin]
    timeline:
      - {at: "2026-05-01 12:00", member: lin, event: cart.updated, data: {cart: c1, total: 199, in_stock_items: 2}}
    run_until: "2026-05-04 00:00"
    expect:
      - {at: "2026-05-02 12:00", rule: cart-abandoned-24h, member: lin, outcome: sent, channel: push}

  - name: touching the cart restarts the wait
    members: [lin]
    timeline:
      - {at: "2026-05-01 12:00", member: lin, event: cart.updated, data: {cart: c1, total: 199, in_stock_items: 2}}
      - {at: "2026-05-02 11:59", member: lin, event: cart.updated, data: {cart: c1, total: 219, in_stock_items: 3}}
    run_until: "2026-05-04 00:00"
    expect:
      - {at: "2026-05-03 11:59", rule: cart-abandoned-24h, member: lin, outcome: sent, channel: push}

  - name: an order cancels the reminder
    members: [lin]
    timeline:
      - {at: "2026-05-01 12:00", member: lin, event: cart.updated, data: {cart: c1, total: 199, in_stock_items: 2}}
      - {at: "2026-05-02 11:59", member: lin, event: order.paid, data: {order: o1, total: 199}}
    run_until: "2026-05-04 00:00"
    expect:
      - {at: "2026-05-02 11:59", rule: cart-abandoned-24h, member: lin, outcome: cancelled, because: {unless: order.paid}}

  - name: the threshold is inclusive
    cases:
      - {total: 49.99, outcome: skipped}
      - {total: 50, outcome: sent}
      - {total: 50.01, outcome: sent}
    members: [lin]
    timeline:
      - {at: "2026-05-01 12:00", member: lin, event: cart.updated, data: {cart: c1, total: "{total}", in_stock_items: 1}}
    run_until: "2026-05-04 00:00"
    expect:
      - {at: "2026-05-02 12:00", rule: cart-abandoned-24h, member: lin, outcome: "{outcome}"}

  - name: quiet hours hold the reminder until nine, then the conditions are looked at again
    members: [lin]
    timeline:
      - {at: "2026-05-01 22:30", member: lin, event: cart.updated, data: {cart: c1, total: 199, in_stock_items: 2}}
    run_until: "2026-05-04 00:00"
    expect:
      - {at: "2026-05-02 22:30", rule: cart-abandoned-24h, member: lin, outcome: held, because: quiet_hours, until: "2026-05-03 09:00"}
      - {at: "2026-05-03 09:00", rule: cart-abandoned-24h, member: lin, outcome: sent, channel: push}

"""#),
        File(path: "tests/coupon.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 优惠券到期前一天提醒。

rules: [../lifecycle.yaml]
only: [coupon-expires-tomorrow]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 两张券同一天到期,只发一条
    members: [qian]
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-09 10:00", rule: coupon-expires-tomorrow, member: qian, outcome: sent, channel: wechat, template: wx_coupon_expiring}

  - name: 不到 10 元的券不打扰
    members: [zhou]
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-09 10:00", rule: coupon-expires-tomorrow, member: zhou, outcome: skipped, because: {condition: coupon.face_value}}

"""#),
        File(path: "tests/points.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 积分七天后到期。

rules: [../lifecycle.yaml]
only: [points-expiring-7d]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 同一天到期的积分合在一起算,够 500 分就提醒
    members: [sun]
    run_until: "2026-03-17 00:00"
    expect:
      - {at: "2026-03-08 10:30", rule: points-expiring-7d, member: sun, outcome: sent, channel: wechat, template: wx_points_expiring}

  - name: 不到 500 分不打扰
    members: [zhou]
    run_until: "2026-03-17 00:00"
    expect:
      - {at: "2026-03-08 10:30", rule: points-expiring-7d, member: zhou, outcome: skipped, because: {condition: points.expiring, actual: 300}}

"""#),
        File(path: "tests/purchase.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 付款一小时后道谢。

rules: [../lifecycle.yaml]
only: [post-purchase-thanks]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-05 00:00", timezone: Asia/Shanghai}

tests:

  - name: 买护肤品,一小时后收到护肤的说法
    members: [feng]
    run_until: "2026-03-06 00:00"
    expect:
      - {at: "2026-03-05 16:20", rule: post-purchase-thanks, member: feng, outcome: sent, channel: wechat, template: wx_thanks_skincare}

  - name: 服务消息不受免打扰限制,没有微信就发短信
    members: [he]
    clock: {start: "2026-03-12 00:00"}
    run_until: "2026-03-13 00:00"
    expect:
      - at: "2026-03-12 21:30"
        rule: post-purchase-thanks
        member: he
        outcome: sent
        channel: sms
        template: sms_thanks_vip
        tried: [{wechat: no_address}]

  - name: 一小时内取消的订单不道谢
    members: [qian]
    run_until: "2026-03-06 00:00"
    expect:
      - {at: "2026-03-05 18:30", rule: post-purchase-thanks, member: qian, outcome: cancelled, because: {unless: order.cancelled}}

"""#),
        File(path: "tests/vip.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 高价值会员 90 天未到店:派任务,不发消息。

rules: [../lifecycle.yaml]
only: [vip-inactive-90d]
fixtures: [../fixtures/members.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 白金会员满 90 天,第二天上午派给导购
    members: [chen]
    run_until: "2026-04-01 00:00"
    expect:
      - {at: "2026-03-21 10:00", rule: vip-inactive-90d, member: chen, outcome: task_created, task: task_vip_winback}

  - name: 银卡会员花得再多也不派
    members: [wu]
    run_until: "2026-04-01 00:00"
    expect:
      - {at: "2026-03-21 10:00", rule: vip-inactive-90d, member: wu, outcome: skipped, because: {condition: member.tier, actual: silver}}

  - name: 中途到过店,重新计时
    members: [chen]
    timeline:
      - {at: "2026-03-10 15:00", member: chen, event: store.visited, data: {store: s1}}
    run_until: "2026-06-20 00:00"
    expect:
      - {at: "2026-06-09 10:00", rule: vip-inactive-90d, member: chen, outcome: task_created}

"""#),
    ]
}
