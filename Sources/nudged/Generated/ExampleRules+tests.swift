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

# 用测试会员自己的购物车：放着不动的提醒，当天买了的取消，不到 50 元的跳过。

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
        File(path: "tests/cookbook-brand.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：品牌活动。节日和定时规则里，人群、条件不符的人是 not_due：轮不到，不算跳过。
# 没写预期的会员（如 yin）只要收到任何东西，测试就失败。

rules: [../cookbook/brand.yaml]
only: [mid-autumn-greeting, new-arrivals-weekly, singles-day-preview]
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 中秋(9 月 25 日)前两天问候白金会员;员工和海外会员不发
    members: [shao, xiang, yin]
    clock: {start: "2026-09-20 00:00"}
    run_until: "2026-09-26 00:00"
    expect:
      - {at: "2026-09-23 10:00", rule: mid-autumn-greeting, member: shao, outcome: sent, channel: wechat, occasion: "festival:mid_autumn:2026-09-25"}
      - {at: "2026-09-23 10:00", rule: mid-autumn-greeting, member: xiang, outcome: not_due}

  - name: 买过月饼的也问候
    members: [yin]
    clock: {start: "2026-09-20 00:00"}
    timeline:
      - {at: "2026-09-21 10:00", member: yin, set: {region: 华东}}
    run_until: "2026-09-26 00:00"
    expect:
      - {at: "2026-09-23 10:00", rule: mid-autumn-greeting, member: yin, outcome: sent}

  - name: 哪个渠道都没授权的发不出去
    members: [tang]
    clock: {start: "2026-09-20 00:00"}
    timeline:
      - {at: "2026-09-21 10:00", member: tang, set: {tier: platinum}}
    run_until: "2026-09-26 00:00"
    expect:
      - {at: "2026-09-23 10:00", rule: mid-autumn-greeting, member: tang, outcome: suppressed, because: {unreachable: no_address}}

  - name: 周五上新发给有潜力的会员,三十天里最多两次;核心会员不在名单里
    members: [zhuo, an]
    run_until: "2026-03-21 00:00"
    expect:
      - {at: "2026-03-06 11:30", rule: new-arrivals-weekly, member: zhuo, outcome: sent, channel: wechat}
      - {at: "2026-03-13 11:30", rule: new-arrivals-weekly, member: zhuo, outcome: sent, channel: wechat}
      - {at: "2026-03-20 11:30", rule: new-arrivals-weekly, member: zhuo, outcome: suppressed, because: {limit: at_most}}

  - name: 双十一前三天预告,一年内不到 1000 元的不发
    members: [zhuo, kong]
    clock: {start: "2026-11-07 00:00"}
    run_until: "2026-11-12 00:00"
    expect:
      - {at: "2026-11-08 10:00", rule: singles-day-preview, member: zhuo, outcome: sent, channel: wechat}

  - name: 当天已经收到过一条营销消息,预告让路
    members: [zhuo]
    clock: {start: "2026-11-07 00:00"}
    timeline:
      - {at: "2026-11-08 09:10", member: zhuo, event: message.sent, data: {rule: store-campaign, channel: wechat, purpose: marketing}}
    run_until: "2026-11-12 00:00"
    expect:
      - {at: "2026-11-08 10:00", rule: singles-day-preview, member: zhuo, outcome: suppressed, because: {cap: "1 in 1d"}}

"""#),
        File(path: "tests/cookbook-crm.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：会员运营。草稿规则要写在 only 里才会跑。

rules: [../lifecycle.yaml, ../cookbook/crm.yaml]
only:
  - registered-no-order-7d
  - welcome-first-order
  - first-purchase-d3
  - birthday-month-top-tiers
  - wedding-anniversary
  - complaint-resolved-d3
  - coupon-used-thanks
  - birthday-gift                        # 线上规则，birthday-coupon-unused-7d 跟进的就是它
  - birthday-coupon-unused-7d
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 入会七天没下单,送新人券
    members: [meng]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-08 10:00", rule: registered-no-order-7d, member: meng, outcome: sent, channel: wechat, coupon: NEW-20OFF, values: {valid_until: "2026-03-22"}}

  - name: 七天内下了单,新人券取消,首单的两份礼先后到
    members: [mu]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-04 12:00", rule: registered-no-order-7d, member: mu, outcome: cancelled, because: {unless: order.paid}}
      - {at: "2026-03-05 10:00", rule: welcome-first-order, member: mu, outcome: sent, channel: wechat, coupon: WELCOME-25OFF}
      - {at: "2026-03-07 11:00", rule: first-purchase-d3, member: mu, outcome: sent, channel: wechat, coupon: SECOND-ORDER-15}

  - name: 已经复购的,第三天不再催
    members: [mao]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-05 10:00", rule: welcome-first-order, member: mao, outcome: sent}
      - {at: "2026-03-07 11:00", rule: first-purchase-d3, member: mao, outcome: skipped, because: {history: order.paid, actual: 2}}

  - name: 首单退款,两份首单礼都取消
    members: [mo]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-04 20:00", rule: welcome-first-order, member: mo, outcome: cancelled, because: {unless: order.refunded}}
      - {at: "2026-03-04 20:00", rule: first-purchase-d3, member: mo, outcome: cancelled, because: {unless: order.refunded}}

  - name: 首单取消,欢迎礼也取消
    members: [meng]
    clock: {start: "2026-03-09 00:00"}
    timeline:
      - {at: "2026-03-10 12:00", member: meng, event: order.paid, data: {order: o1, total: 80}}
      - {at: "2026-03-10 13:00", member: meng, event: order.cancelled, data: {order: o1}}
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-10 13:00", rule: welcome-first-order, member: meng, outcome: cancelled, because: {unless: order.cancelled}}

  - name: 生日月礼按等级分,生日后十五天内有效
    members: [bai, gu]
    run_until: "2026-04-06 00:00"
    expect:
      - {at: "2026-04-05 10:00", rule: birthday-month-top-tiers, member: bai, outcome: sent, channel: wechat, template: wx_birthday_month_platinum, coupon: BDAY-PLATINUM-200, values: {value: 200, valid_until: "2026-05-05"}}
      - {at: "2026-04-05 10:00", rule: birthday-month-top-tiers, member: gu, outcome: sent, channel: sms, template: sms_birthday_month, coupon: BDAY-GOLD-100, tried: [{wechat: no_address}]}

  - name: 银卡没有生日月礼
    members: [hou]
    run_until: "2026-04-06 00:00"
    expect:
      - {at: "2026-04-05 10:00", rule: birthday-month-top-tiers, member: hou, outcome: skipped, because: {condition: member.tier, actual: silver}}

  - name: 结婚纪念日前七天送券;没有授权的不发
    members: [song, tang]
    clock: {start: "2026-05-01 00:00"}
    run_until: "2026-05-21 00:00"
    expect:
      - {at: "2026-05-13 10:00", rule: wedding-anniversary, member: song, outcome: sent, channel: wechat, coupon: WEDDING-52OFF, values: {date: "2026-05-20"}}
      - {at: "2026-05-13 10:00", rule: wedding-anniversary, member: tang, outcome: suppressed, because: unreachable}

  - name: 投诉结案三天后致歉
    members: [xie]
    timeline:
      - {at: "2026-03-10 15:00", member: xie, event: complaint.resolved, id: cr1}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-13 11:00", rule: complaint-resolved-d3, member: xie, outcome: sent, channel: wechat, coupon: SORRY-30OFF}

  - name: 三天里又来一次投诉,先不致歉
    members: [xie]
    timeline:
      - {at: "2026-03-10 15:00", member: xie, event: complaint.resolved, id: cr1}
      - {at: "2026-03-11 09:00", member: xie, event: complaint.opened, id: co2}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-11 09:00", rule: complaint-resolved-d3, member: xie, outcome: cancelled, because: {unless: complaint.opened}}

  - name: 一周用两次券,只谢一次
    members: [xie]
    timeline:
      - {at: "2026-03-10 15:00", member: xie, event: coupon.used, id: u1}
      - {at: "2026-03-12 15:00", member: xie, event: coupon.used, id: u2}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-10 16:00", rule: coupon-used-thanks, member: xie, outcome: sent, channel: wechat}
      - {at: "2026-03-12 16:00", rule: coupon-used-thanks, member: xie, outcome: suppressed, because: {limit: at_most}}

  - name: 生日券七天没用,再提醒一次
    members: [yan]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-07 09:30", rule: birthday-gift, member: yan, outcome: sent, coupon: BDAY-30OFF}
      - {at: "2026-03-14 10:00", rule: birthday-coupon-unused-7d, member: yan, outcome: sent, channel: wechat, occasion: "message:birthday-gift:birthday:solar:2026"}

  - name: 生日券用掉了,不再提醒
    members: [yan]
    timeline:
      - {at: "2026-03-10 19:00", member: yan, event: coupon.used, id: u1}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-07 09:30", rule: birthday-gift, member: yan, outcome: sent}
      - {at: "2026-03-10 19:00", rule: birthday-coupon-unused-7d, member: yan, outcome: cancelled, because: {unless: coupon.used}}
      - {at: "2026-03-10 20:00", rule: coupon-used-thanks, member: yan, outcome: sent}

  - name: 没绑微信的会员改用短信
    members: [gu]
    timeline:
      - {at: "2026-03-02 10:00", member: gu, event: complaint.resolved, id: cr1}
      - {at: "2026-03-10 12:00", member: gu, event: order.paid, data: {order: o1, total: 120}}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-05 11:00", rule: complaint-resolved-d3, member: gu, outcome: sent, channel: sms}
      - {at: "2026-03-11 10:00", rule: welcome-first-order, member: gu, outcome: sent, channel: sms}
      - {at: "2026-03-13 11:00", rule: first-purchase-d3, member: gu, outcome: sent, channel: sms}

"""#),
        File(path: "tests/cookbook-ecommerce.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：线上商城。

rules: [../cookbook/ecommerce.yaml]
only: [browsed-not-bought-24h, beans-refill-30d, coffee-machine-beans]
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-02-05 00:00", timezone: Asia/Shanghai}

tests:

  - name: 三看护肤品没买,推荐有货的两件
    members: [ou, deng]
    timeline:
      - {at: "2026-02-10 12:00", member: deng, event: order.paid, data: {order: O-DENG-1, total: 1020, items: [{sku: SKU-TONER, quantity: 2}, {sku: SKU-MASK, quantity: 1}]}}
    run_until: "2026-03-10 00:00"
    expect:
      - {at: "2026-03-07 13:00", rule: browsed-not-bought-24h, member: ou, outcome: sent, channel: push, occasion: "browsed:skincare@2026-03-06T05:00:00Z", text: "您看过的这一类里，大家买得最多的：修护爽肤水 舒缓面膜 点开看看。"}

  - name: 看完下了单,不推荐
    members: [ou]
    timeline:
      - {at: "2026-03-06 20:00", member: ou, event: order.paid, data: {order: o1, total: 420}}
    run_until: "2026-03-10 00:00"
    expect:
      - {at: "2026-03-06 20:00", rule: browsed-not-bought-24h, member: ou, outcome: cancelled, because: {unless: order.paid}}

  - name: 看之前六天刚买过,也不推荐
    members: [ou]
    timeline:
      - {at: "2026-03-02 20:00", member: ou, event: order.paid, data: {order: o1, total: 420}}
    run_until: "2026-03-10 00:00"
    expect:
      - {at: "2026-03-07 13:00", rule: browsed-not-bought-24h, member: ou, outcome: skipped, because: {history: order.paid, actual: 1}}

  - name: 礼品卡不推荐
    members: [deng]
    run_until: "2026-03-10 00:00"
    expect:
      - {at: "2026-03-07 12:10", rule: browsed-not-bought-24h, member: deng, outcome: skipped, because: {condition: browse.category, actual: gift-card}}

  - name: 咖啡豆三十天后提醒补货
    members: [kong]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-12 10:00", rule: beans-refill-30d, member: kong, outcome: sent, channel: push, values: {item: 拼配豆 250g}}

  - name: 三十天里下过单、取消了单,不提醒
    cases:
      - {event: order.paid, order: o2}
      - {event: order.cancelled, order: O-KONG-1}
      - {event: order.refunded, order: O-KONG-1}
    members: [kong]
    timeline:
      - {at: "2026-03-01 12:00", member: kong, event: "{event}", data: {order: "{order}", total: 60}}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-03-01 12:00", rule: beans-refill-30d, member: kong, outcome: cancelled, because: {unless: "{event}"}}

  - name: 买咖啡机一周后推荐两种豆子;机器不是豆子,不提醒补货
    members: [pan]
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-02-17 11:00", rule: coffee-machine-beans, member: pan, outcome: sent, channel: wechat, text: "意式咖啡机用得顺手吗？和它最搭的：深烘豆 500g 拼配豆 250g 小程序里可以试喝装起购。"}
      - {at: "2026-03-12 10:00", rule: beans-refill-30d, member: pan, outcome: skipped, because: {condition: order.categories}}

  - name: 机器退了或取消了,不推荐豆子
    cases:
      - {event: order.cancelled}
      - {event: order.refunded}
    members: [pan]
    timeline:
      - {at: "2026-02-12 12:00", member: pan, event: "{event}", data: {order: O-PAN-1}}
    run_until: "2026-02-20 00:00"
    expect:
      - {at: "2026-02-12 12:00", rule: coffee-machine-beans, member: pan, outcome: cancelled, because: {unless: "{event}"}}

  - name: 豆子都买过了,没有可推荐的就不发
    members: [pei]
    clock: {start: "2026-02-09 00:00"}
    run_until: "2026-02-19 00:00"
    expect:
      - {at: "2026-02-17 11:00", rule: coffee-machine-beans, member: pei, outcome: skipped, because: {recommend: empty}}

  - name: 滤杯不是咖啡机
    members: [qi]
    run_until: "2026-02-20 00:00"
    expect:
      - {at: "2026-02-17 11:00", rule: coffee-machine-beans, member: qi, outcome: skipped, because: {condition: order.skus}}

"""#),
        File(path: "tests/cookbook-growth.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：增长。

rules: [../cookbook/growth.yaml]
only: [winback-60d, sleeping-bimonthly, surprise-draw-20]
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 唤醒实验的三组,同一刻决定
    members: [cen, dai, ge]
    run_until: "2026-03-10 00:00"
    expect:
      - {at: "2026-03-07 10:00", rule: winback-60d, member: cen, outcome: sent, channel: sms, coupon: WINBACK-20, variant: coupon}
      - {at: "2026-03-07 10:00", rule: winback-60d, member: dai, outcome: sent, channel: wechat, template: wx_winback_story, variant: story}
      - {at: "2026-03-07 10:00", rule: winback-60d, member: ge, outcome: held_out, because: {holdout: winback-2026q1}}

  - name: 只买过一次的不在实验里
    members: [han]
    run_until: "2026-03-10 00:00"
    expect:
      - {at: "2026-03-07 10:00", rule: winback-60d, member: han, outcome: skipped, because: {condition: member.lifetime_orders, actual: 1}}

  - name: 期间又下了单,六十天重新算
    members: [cen]
    timeline:
      - {at: "2026-03-02 12:00", member: cen, event: order.paid, data: {order: o3, total: 99}}
    run_until: "2026-05-03 00:00"
    expect:
      - {at: "2026-05-02 10:00", rule: winback-60d, member: cen, outcome: sent, variant: coupon}

  - name: 沉睡会员三月收到,四月太近,五月再收到
    members: [ji]
    run_until: "2026-06-01 00:00"
    expect:
      - {at: "2026-03-15 10:00", rule: sleeping-bimonthly, member: ji, outcome: sent, channel: wechat}
      - {at: "2026-04-15 10:00", rule: sleeping-bimonthly, member: ji, outcome: suppressed, because: {limit: at_most}}
      - {at: "2026-05-15 10:00", rule: sleeping-bimonthly, member: ji, outcome: sent, channel: wechat}

  - name: 最近来过的不是沉睡会员
    members: [cen]
    run_until: "2026-03-16 00:00"
    expect:
      - {at: "2026-03-15 10:00", rule: sleeping-bimonthly, member: cen, outcome: not_due}
      - {at: "2026-03-07 10:00", rule: winback-60d, member: cen, outcome: sent}

  - name: 二十一位忠实会员抽二十位,没抽中的轮不到
    members: [fan01, fan02, fan03, fan04, fan05, fan06, fan07, fan08, fan09, fan10, fan11, fan12, fan13, fan14, fan15, fan16, fan17, fan18, fan19, fan20, fan21]
    run_until: "2026-03-21 00:00"
    expect:
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan01, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan02, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan03, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan04, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan05, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan06, outcome: not_due}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan07, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan08, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan09, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan10, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan11, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan12, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan13, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan14, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan15, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan16, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan17, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan18, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan19, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan20, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan21, outcome: sent, coupon: SURPRISE-88}

  - name: 抽中过的,下个月再抽中也不发
    members: [fan01]
    run_until: "2026-04-21 00:00"
    expect:
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: fan01, outcome: sent, coupon: SURPRISE-88}
      - {at: "2026-04-20 15:00", rule: surprise-draw-20, member: fan01, outcome: suppressed, because: {limit: at_most}}

  - name: 买得少的不参加抽签
    members: [ji]
    clock: {start: "2026-03-16 00:00"}
    run_until: "2026-03-21 00:00"
    expect:
      - {at: "2026-03-20 15:00", rule: surprise-draw-20, member: ji, outcome: not_due}

"""#),
        File(path: "tests/cookbook-loyalty.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：会员权益。

rules: [../cookbook/loyalty.yaml]
only: [core-monthly-perk, tier-upgrade, membership-anniversary]
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 核心会员每月一日领券;买得勤但不多的不是核心
    members: [an, bo]
    run_until: "2026-03-02 00:00"
    expect:
      - {at: "2026-03-01 10:00", rule: core-monthly-perk, member: an, outcome: sent, channel: wechat, coupon: CORE-60OFF, values: {valid_until: "2026-03-28"}}

  - name: 会员不接受个性化营销,不发
    members: [an]
    timeline:
      - {at: "2026-03-01 08:00", member: an, set: {personalisation: none}}
    run_until: "2026-03-02 00:00"
    expect:
      - {at: "2026-03-01 10:00", rule: core-monthly-perk, member: an, outcome: suppressed, because: {personalisation: none}}

  - name: 升金卡、升白金卡,说法不同
    cases:
      - {to: gold, template: wx_tier_gold}
      - {to: platinum, template: wx_tier_platinum}
    members: [xie]
    timeline:
      - {at: "2026-03-10 14:00", member: xie, set: {tier: "{to}"}}
      - {at: "2026-03-10 14:00", member: xie, event: member.tier_changed, id: t1, data: {from: silver, to: "{to}"}}
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-10 14:10", rule: tier-upgrade, member: xie, outcome: sent, channel: wechat, template: "{template}"}

  - name: 十分钟内改了回去,不祝贺
    members: [xie]
    timeline:
      - {at: "2026-03-10 14:00", member: xie, event: member.tier_changed, id: t1, data: {from: silver, to: gold}}
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-10 14:10", rule: tier-upgrade, member: xie, outcome: skipped, because: {condition: member.tier, actual: silver}}

  - name: 白金降到金卡不祝贺;三十天内只贺一次
    members: [xie]
    timeline:
      - {at: "2026-03-10 14:00", member: xie, set: {tier: platinum}}
      - {at: "2026-03-10 14:00", member: xie, event: member.tier_changed, id: t1, data: {from: silver, to: platinum}}
      - {at: "2026-03-11 14:00", member: xie, set: {tier: gold}}
      - {at: "2026-03-11 14:00", member: xie, event: member.tier_changed, id: t2, data: {from: platinum, to: gold}}
      - {at: "2026-03-12 14:00", member: xie, set: {tier: platinum}}
      - {at: "2026-03-12 14:00", member: xie, event: member.tier_changed, id: t3, data: {from: gold, to: platinum}}
    run_until: "2026-03-14 00:00"
    expect:
      - {at: "2026-03-10 14:10", rule: tier-upgrade, member: xie, outcome: sent, occasion: "event:t1"}
      - {at: "2026-03-12 14:10", rule: tier-upgrade, member: xie, outcome: suppressed, occasion: "event:t3", because: {limit: at_most}}

  - name: 入会三周年送积分,从没买过的不送
    members: [tao, wei]
    run_until: "2026-04-03 00:00"
    expect:
      - {at: "2026-04-02 10:00", rule: membership-anniversary, member: tao, outcome: sent, channel: wechat, occasion: "anniversary:membership:solar:2026"}
      - {at: "2026-04-02 10:00", rule: membership-anniversary, member: wei, outcome: skipped, because: {condition: member.lifetime_orders, actual: 0}}

"""#),
        File(path: "tests/cookbook-store-ops.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：门店。任务是 task_created，打标签是 done。

rules: [../cookbook/store-ops.yaml]
only: [complaint-call-1h, care-reminder-180d, visits-dropped, basket-shrank, basket-recovered, big-refund-call]
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 投诉当场派任务,半夜也派;四小时内不重复派
    members: [xie]
    timeline:
      - {at: "2026-03-10 23:30", member: xie, event: complaint.opened, id: co1}
      - {at: "2026-03-11 00:15", member: xie, event: complaint.opened, id: co2}
      - {at: "2026-03-11 09:00", member: xie, event: complaint.opened, id: co3}
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-10 23:30", rule: complaint-call-1h, member: xie, outcome: task_created, task: task_complaint_call}
      - {at: "2026-03-11 00:15", rule: complaint-call-1h, member: xie, outcome: suppressed, because: {limit: at_most}}
      - {at: "2026-03-11 09:00", rule: complaint-call-1h, member: xie, outcome: task_created}

  - name: 停机一天,恢复后补派
    members: [xie]
    timeline:
      - {at: "2026-03-10 08:00", stop_daemon_for: 1d}
      - {at: "2026-03-10 15:00", member: xie, event: complaint.opened, id: co1}
    run_until: "2026-03-12 00:00"
    expect:
      - {at: "2026-03-11 08:00", rule: complaint-call-1h, member: xie, outcome: task_created}

  - name: 咖啡机半年后提醒保养;滤杯不到 500 元
    members: [pan, qi]
    run_until: "2026-08-15 00:00"
    expect:
      - {at: "2026-08-09 10:30", rule: care-reminder-180d, member: pan, outcome: sent, channel: wechat, values: {item: 意式咖啡机}}
      - {at: "2026-08-09 10:30", rule: care-reminder-180d, member: qi, outcome: skipped, because: {condition: order.total, actual: 268}}

  - name: 退了的机器不提醒保养,千元以上的退款派人问原因
    members: [pei]
    clock: {start: "2026-02-11 00:00"}
    run_until: "2026-08-15 00:00"
    expect:
      - {at: "2026-02-20 16:00", rule: care-reminder-180d, member: pei, outcome: cancelled, because: {unless: order.refunded}}
      - {at: "2026-02-20 17:00", rule: big-refund-call, member: pei, outcome: task_created, task: task_big_refund}
      - {at: "2026-07-31 10:30", rule: care-reminder-180d, member: pei, outcome: skipped, because: {condition: order.categories}}

  - name: 取消的单不提醒保养
    members: [pan]
    timeline:
      - {at: "2026-03-05 09:00", member: pan, event: order.cancelled, data: {order: O-PAN-1}}
    run_until: "2026-08-15 00:00"
    expect:
      - {at: "2026-03-05 09:00", rule: care-reminder-180d, member: pan, outcome: cancelled, because: {unless: order.cancelled}}

  - name: 小额退款不派人
    members: [qi]
    clock: {start: "2026-08-20 00:00"}
    run_until: "2026-08-21 00:00"
    expect:
      - {at: "2026-08-20 12:00", rule: big-refund-call, member: qi, outcome: skipped, because: {condition: order.total, actual: 268}}

  - name: 半年来过七次、近两月只来一次的派人关心,下个月不再派;一直常来的(lei)不用
    members: [kang, lei]
    run_until: "2026-04-06 00:00"
    expect:
      - {at: "2026-03-05 10:00", rule: visits-dropped, member: kang, outcome: task_created, task: task_visits_dropped}
      - {at: "2026-04-05 10:00", rule: visits-dropped, member: kang, outcome: suppressed, because: {limit: at_most}}

  - name: 单价掉下来打标签,恢复了摘掉
    members: [fei]
    run_until: "2026-03-25 00:00"
    expect:
      - {at: "2026-03-04 12:00", rule: basket-shrank, member: fei, outcome: done}
      - {at: "2026-03-21 12:00", rule: basket-recovered, member: fei, outcome: done}
      - {at: "2026-03-21 12:00", rule: basket-shrank, member: fei, outcome: skipped, because: {condition: order.total, actual: 450}}

  - name: 一向买得少的不算下滑
    members: [bo]
    clock: {start: "2026-02-20 00:00"}
    run_until: "2026-02-22 00:00"
    expect:
      - {at: "2026-02-21 12:00", rule: basket-shrank, member: bo, outcome: skipped, because: {condition: member.average_order_value, actual: 70}}

  - name: 退掉的单不算数,标签不打也不摘
    cases:
      - {event: order.cancelled}
      - {event: order.refunded}
    members: [fei]
    timeline:
      - {at: "2026-03-03 20:00", member: fei, event: "{event}", data: {order: O-FEI-4}}
      - {at: "2026-03-20 20:00", member: fei, event: "{event}", data: {order: O-FEI-5}}
    run_until: "2026-03-25 00:00"
    expect:
      - {at: "2026-03-03 20:00", rule: basket-shrank, member: fei, outcome: cancelled, because: {unless: "{event}"}}
      - {at: "2026-03-20 20:00", rule: basket-recovered, member: fei, outcome: cancelled, because: {unless: "{event}"}}

  - name: 已有标签的不再打,没有标签的不用摘
    members: [fei]
    clock: {start: "2026-01-18 00:00"}
    timeline:
      - {at: "2026-03-02 10:00", member: fei, set: {tags: [basket-shrank]}}
    run_until: "2026-03-20 00:00"
    expect:
      - {at: "2026-01-18 12:00", rule: basket-recovered, member: fei, outcome: skipped, because: {condition: member.tags, actual: missing}}
      - {at: "2026-01-18 12:00", rule: basket-shrank, member: fei, outcome: skipped, because: {condition: member.lifetime_orders, actual: 3}}
      - {at: "2026-03-04 12:00", rule: basket-shrank, member: fei, outcome: skipped, because: {condition: member.tags}}

"""#),
        File(path: "tests/cookbook-words.test.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
version: 1

# 食谱：一次性的日期、按金额送分、和自己的均价比、按品类取消、工作日、季度与库存。

rules: [../cookbook/crm.yaml, ../cookbook/loyalty.yaml, ../cookbook/store-ops.yaml, ../cookbook/ecommerce.yaml]
only: [baby-100-days, birthday-double-points, quarter-thanks, basket-half-call, open-complaints-workday, milk-refill-25d]
fixtures: [../fixtures/cookbook.yaml]
clock: {start: "2026-04-01 00:00", timezone: Asia/Shanghai}

tests:

  - name: 宝宝百天,只在今年
    members: [bao]
    run_until: "2026-04-12 00:00"
    expect:
      - {at: "2026-04-11 09:30", rule: baby-100-days, member: bao, outcome: sent, channel: wechat, template: wx_baby_100_days, coupon: BABY-100OFF, values: {valid_until: "2026-05-01"}}

  - name: 生日当天的单多送一倍积分,角分不算
    members: [ping]
    clock: {start: "2026-04-19 00:00"}
    timeline:
      - {at: "2026-04-20 12:00", member: ping, event: order.paid, data: {order: O-PING-9, total: 460.60}}
    run_until: "2026-04-20 13:00"
    expect:
      - {at: "2026-04-20 12:00", rule: birthday-double-points, member: ping, outcome: sent, channel: wechat, effects: [{points: 460}]}

  - name: 平日的单不送
    members: [ping]
    timeline:
      - {at: "2026-04-02 12:00", member: ping, event: order.paid, data: {order: O-PING-9, total: 460}}
    run_until: "2026-04-02 13:00"
    expect:
      - {at: "2026-04-02 12:00", rule: birthday-double-points, member: ping, outcome: skipped, because: {condition: member.is_birthday, actual: false}}

  - name: 没有导入券码,季度感恩券谁也不发
    members: [ping]
    run_until: "2026-04-06 00:00"
    expect:
      - {at: "2026-04-05 10:00", rule: quarter-thanks, member: ping, outcome: not_due}

  - name: 不到自己均价的一半,派客服主管;一半以上不派
    cases:
      - {total: 200, outcome: task_created}
      - {total: 260, outcome: skipped}
    members: [ping]
    timeline:
      - {at: "2026-04-08 14:00", member: ping, event: order.paid, data: {order: O-PING-4, total: "{total}"}}
    run_until: "2026-04-09 15:00"
    expect:
      - {at: "2026-04-09 14:00", rule: basket-half-call, member: ping, outcome: "{outcome}"}

  - name: 未结投诉工作日派单,周末不派,结案后不派
    members: [ping]
    timeline:
      - {at: "2026-04-10 18:00", member: ping, event: complaint.opened}
      - {at: "2026-04-14 08:00", member: ping, event: complaint.resolved}
    run_until: "2026-04-16 00:00"
    expect:
      - {at: "2026-04-13 09:00", rule: open-complaints-workday, member: ping, outcome: task_created, task: task_complaint_call}

  - name: 奶粉补货:期间买别的照样提醒,又买奶粉就不提醒
    cases:
      - {sku: SKU-MASK, outcome: sent, at: "2026-05-03 10:00"}
      - {sku: MILK-1, outcome: cancelled, at: "2026-04-20 12:00"}
    members: [bao]
    clock: {start: "2026-04-12 00:00"}
    timeline:
      - {at: "2026-04-20 12:00", member: bao, event: order.paid, data: {order: O-BAO-2, total: 300, items: [{sku: "{sku}", quantity: 1}]}}
    run_until: "2026-05-04 00:00"
    expect:
      - {at: "{at}", rule: milk-refill-25d, member: bao, outcome: "{outcome}", occasion: "order:O-BAO-1"}

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

# 高价值会员 90 天未到店：派任务，不发消息。

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
