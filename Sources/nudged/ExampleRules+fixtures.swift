// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

extension ExampleRules {
    static let fixtures: [File] = [
        File(path: "fixtures/members.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json
version: 1
timezone: Asia/Shanghai

# 测试用的会员,全部虚构。前五位测生日;后面每两三位一组,各测一条规则:有人收到,也有人不该收到。
# 会员下面可以写订单 orders、购物车 carts、积分 points、券 coupons、事件 events、授权 consent。

stores:
  s1: {name: 南京路店, timezone: Asia/Shanghai, manager: mgr_wang}

products:
  SKU-KETTLE: {name: 手冲壶, category: kitchen, price: 268, in_stock: true, pairs_with: [beans]}
  SKU-ESPRESSO: {name: 意式咖啡机, category: kitchen, price: 2680, in_stock: true, pairs_with: [beans]}
  SKU-SERUM: {name: 修护精华, category: skincare, price: 420, in_stock: true}
  SKU-BEANS: {name: 咖啡豆 250g, category: beans, price: 30, in_stock: true}

members:

  # ---- 生日
  lin:                                   # 最普通的情况
    status: active
    tier: gold
    display_name: 林小姐
    birthday: "1990-03-10"
    phone: "13800000001"
    consent: {sms: granted, wechat: granted, push: granted}
    lifetime_spend: 8200
  zhao:                                  # 没有手机号:短信发不了
    status: active
    tier: silver
    birthday: "1988-03-10"
    wechat_openid: wx_zhao
    consent: {wechat: granted}
  leap:                                  # 2 月 29 日出生
    status: active
    tier: gold
    birthday: "1996-02-29"
    phone: "13800000003"
    consent: {sms: granted}
  luna:                                  # 农历生日在闰六月
    status: active
    tier: gold
    birthday: {calendar: lunar, month: 6, day: 30, leap_month: true}
    phone: "13800000004"
    consent: {sms: granted}
  notier:                                # 等级从来没填
    status: active
    birthday: "1991-03-10"
    phone: "13800000005"
    consent: {sms: granted}

  # ---- 90 天未到店
  chen:                                  # 白金、消费过 5000:派给专属导购
    tier: platinum
    display_name: 陈女士
    phone: "13800000006"
    store_id: s1
    advisor: amy
    orders:
      - {id: O-CHEN-1, paid_at: "2025-12-20 12:00", total: 6800, status: paid, store_id: s1}
  wu:                                    # 花得更多,但只是银卡:不派
    tier: silver
    display_name: 吴先生
    phone: "13800000007"
    store_id: s1
    orders:
      - {id: O-WU-1, paid_at: "2025-12-20 12:00", total: 7200, status: paid, store_id: s1}

  # ---- 积分和券
  sun:                                   # 520 分同一天到期:提醒
    tier: gold
    display_name: 孙先生
    phone: "13800000008"
    wechat_openid: wx_sun
    points:
      - {id: P-SUN-1, points: 600, remaining: 420, earned_at: "2025-03-15 12:00", expires_at: "2026-03-15"}
      - {id: P-SUN-2, points: 100, earned_at: "2025-03-16 12:00", expires_at: "2026-03-15"}
  zhou:                                  # 积分太少、券太小:都不打扰
    tier: silver
    display_name: 周小姐
    phone: "13800000009"
    wechat_openid: wx_zhou
    consent: {sms: granted, wechat: granted}
    points:
      - {id: P-ZHOU-1, points: 300, earned_at: "2025-03-15 12:00", expires_at: "2026-03-15"}
    coupons:
      - {id: K-ZHOU-1, template: SMALL-5OFF, face_value: 5, issued_at: "2026-02-25 00:00", expires_at: "2026-03-10"}
  qian:                                  # 两张券同一天到期:只发一条。另有一单,半小时后取消
    tier: gold
    display_name: 钱女士
    phone: "13800000010"
    wechat_openid: wx_qian
    consent: {sms: granted, wechat: granted}
    coupons:
      - {id: K-QIAN-1, template: BDAY-30OFF, code: QIAN30, face_value: 30, issued_at: "2026-02-01 00:00", expires_at: "2026-03-10"}
      - {id: K-QIAN-2, template: SPRING-50OFF, code: QIAN50, face_value: 50, issued_at: "2026-02-01 00:00", expires_at: "2026-03-10"}
    orders:
      - {id: O-QIAN-1, paid_at: "2026-03-05 18:00", total: 199, status: cancelled, cancelled_at: "2026-03-05 18:30"}

  # ---- 购物车和购后感谢
  he:                                    # 购物车放了一天:提醒。之后深夜买了大件,没绑微信:短信道谢
    tier: gold
    display_name: 何先生
    phone: "13800000011"
    consent: {sms: granted, push: granted}
    carts:
      - id: C-HE-1
        updated_at: "2026-03-05 12:00"
        total: 268
        in_stock_items: 1
        state: open
        items: [{sku: SKU-KETTLE, name: 手冲壶, category: kitchen, quantity: 1, price: 268}]
    orders:
      - id: O-HE-1
        paid_at: "2026-03-12 20:30"
        total: 2680
        status: paid
        items: [{sku: SKU-ESPRESSO, name: 意式咖啡机, category: kitchen, quantity: 1, price: 2680}]
  feng:                                  # 购物车当天就买了:不提醒;买的是护肤品:一小时后道谢
    tier: silver
    display_name: 冯小姐
    wechat_openid: wx_feng
    consent: {wechat: granted, push: granted}
    carts:
      - {id: C-FENG-1, updated_at: "2026-03-05 09:00", total: 420, in_stock_items: 1, state: open}
      - {id: C-FENG-2, updated_at: "2026-03-14 09:00", total: 30, in_stock_items: 1, state: open, items: [{sku: SKU-BEANS, quantity: 1, price: 30}]}
    orders:
      - id: O-FENG-1
        paid_at: "2026-03-05 15:20"
        total: 420
        status: paid
        cart: C-FENG-1
        items: [{sku: SKU-SERUM, name: 修护精华, category: skincare, quantity: 1, price: 420}]

"""#),
    ]
}
