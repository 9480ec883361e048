// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

extension ExampleRules {
    static let fixtures: [File] = [
        File(path: "fixtures/cookbook.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json
version: 1
timezone: Asia/Shanghai

# 食谱（rules/cookbook/）测试用的会员，全部虚构，按规则分组：每组有人收到，也有人不该收到。

stores:
  s2: {name: 淮海路店, timezone: Asia/Shanghai, manager: mgr_zheng}

products:
  SKU-MACHINE: {name: 意式咖啡机, category: kitchen, price: 2680, in_stock: true, pairs_with: [beans]}
  SKU-DRIPPER: {name: 滤杯套装, category: kitchen, price: 268, in_stock: true, pairs_with: [beans]}
  SKU-TONER: {name: 修护爽肤水, category: skincare, price: 420, in_stock: true}
  SKU-MASK: {name: 舒缓面膜, category: skincare, price: 180, in_stock: true}
  SKU-CREAM: {name: 保湿面霜, category: skincare, price: 360, in_stock: false}
  SKU-HOUSE-BEANS: {name: 拼配豆 250g, category: beans, price: 30, in_stock: true}
  MILK-1: {name: 一段奶粉, category: milk, price: 300, in_stock: true}
  SKU-DARK-BEANS: {name: 深烘豆 500g, category: beans, price: 68, in_stock: true}

members:

  # ---- 入会、首购
  meng:                                  # 入会七天没下单：新人券
    display_name: 孟女士
    registered_at: "2026-03-01 15:00"
    wechat_openid: wx_meng
    consent: {wechat: granted}
  mu:                                    # 入会三天后首购，之后没再买
    display_name: 穆先生
    registered_at: "2026-03-01 15:00"
    phone: "13800000102"
    wechat_openid: wx_mu
    consent: {wechat: granted, sms: granted}
    orders:
      - {id: O-MU-1, paid_at: "2026-03-04 12:00", total: 180}
  mao:                                   # 首购第二天就复购：第三天不用催
    registered_at: "2026-03-01 15:00"
    wechat_openid: wx_mao
    consent: {wechat: granted}
    orders:
      - {id: O-MAO-1, paid_at: "2026-03-04 12:00", total: 180}
      - {id: O-MAO-2, paid_at: "2026-03-05 19:00", total: 96}
  mo:                                    # 首单当晚退款：欢迎礼取消
    wechat_openid: wx_mo
    consent: {wechat: granted}
    orders:
      - {id: O-MO-1, paid_at: "2026-03-04 12:00", total: 420, status: refunded, refunded_at: "2026-03-04 20:00"}

  # ---- 生日、纪念日
  bai:
    tier: platinum
    display_name: 白女士
    birthday: "1985-04-20"
    wechat_openid: wx_bai
    consent: {wechat: granted}
  gu:                                    # 没绑微信：短信
    tier: gold
    display_name: 顾先生
    birthday: "1985-04-20"
    phone: "13800000106"
    consent: {sms: granted}
  hou:                                   # 银卡没有生日月礼
    tier: silver
    birthday: "1985-04-20"
    wechat_openid: wx_hou
    consent: {wechat: granted}
  yan:                                   # 三月十日生日，3 月 7 日收到生日礼，券一直没用
    tier: gold
    display_name: 严小姐
    birthday: "1990-03-10"
    phone: "13800000108"
    wechat_openid: wx_yan
    consent: {sms: granted, wechat: granted}
  song:                                  # 五月二十日结婚
    display_name: 宋女士
    wechat_openid: wx_song
    consent: {wechat: granted}
    dates: [{name: wedding, date: "2018-05-20"}]
  tang:                                  # 同一天结婚，没有授权
    wechat_openid: wx_tang
    dates: [{name: wedding, date: "2018-05-20"}]
  tao:                                   # 2023 年 4 月 2 日入会，买过东西
    display_name: 陶先生
    registered_at: "2023-04-02 18:00"
    wechat_openid: wx_tao
    orders:
      - {id: O-TAO-1, paid_at: "2025-11-02 14:00", total: 260}
  wei:                                   # 同一天入会，从没买过
    registered_at: "2023-04-02 18:00"
    wechat_openid: wx_wei

  # ---- 投诉、用券、等级
  xie:                                   # 有专属导购
    tier: silver
    display_name: 谢女士
    store_id: s2
    advisor: amy
    wechat_openid: wx_xie
    phone: "13800000113"
    consent: {wechat: granted}

  # ---- 线上商城
  ou:                                    # 三看护肤品，不买
    consent: {push: granted}
    events:
      - {id: V-OU-1, name: product.viewed, at: "2026-03-05 19:00", data: {sku: SKU-TONER, category: skincare}}
      - {id: V-OU-2, name: product.viewed, at: "2026-03-05 19:05", data: {sku: SKU-MASK, category: skincare}}
      - {id: V-OU-3, name: product.viewed, at: "2026-03-06 13:00", data: {sku: SKU-CREAM, category: skincare}}
  deng:                                  # 三看礼品卡
    consent: {push: granted}
    events:
      - {id: V-DENG-1, name: product.viewed, at: "2026-03-06 12:00", data: {sku: SKU-CARD, category: gift-card}}
      - {id: V-DENG-2, name: product.viewed, at: "2026-03-06 12:05", data: {sku: SKU-CARD, category: gift-card}}
      - {id: V-DENG-3, name: product.viewed, at: "2026-03-06 12:10", data: {sku: SKU-CARD, category: gift-card}}
  kong:                                  # 买了咖啡豆
    consent: {push: granted}
    orders:
      - {id: O-KONG-1, paid_at: "2026-02-10 20:00", total: 60, items: [{sku: SKU-HOUSE-BEANS, name: 拼配豆 250g, category: beans, quantity: 2, price: 30}]}
  pan:                                   # 买了意式咖啡机，还没买过豆子
    tier: gold
    display_name: 潘先生
    advisor: amy
    wechat_openid: wx_pan
    consent: {wechat: granted}
    orders:
      - {id: O-PAN-1, paid_at: "2026-02-10 20:00", total: 2680, store_id: s2, items: [{sku: SKU-MACHINE, name: 意式咖啡机, category: kitchen, quantity: 1, price: 2680}]}
  pei:                                   # 也买了意式咖啡机，店里的豆子都买过了；机器后来退了
    store_id: s2
    wechat_openid: wx_pei
    consent: {wechat: granted}
    orders:
      - {id: O-PEI-1, paid_at: "2026-02-01 20:00", total: 98, items: [{sku: SKU-HOUSE-BEANS, category: beans, quantity: 1, price: 30}, {sku: SKU-DARK-BEANS, category: beans, quantity: 1, price: 68}]}
      - {id: O-PEI-2, paid_at: "2026-02-10 20:00", total: 2680, status: refunded, refunded_at: "2026-02-20 16:00", items: [{sku: SKU-MACHINE, name: 意式咖啡机, category: kitchen, quantity: 1, price: 2680}]}
  qi:                                    # 买了滤杯：不是咖啡机，也不到 500 元
    wechat_openid: wx_qi
    consent: {wechat: granted}
    orders:
      - {id: O-QI-1, paid_at: "2026-02-10 20:00", total: 268, status: refunded, refunded_at: "2026-08-20 11:00", items: [{sku: SKU-DRIPPER, name: 滤杯套装, category: kitchen, quantity: 1, price: 268}]}

  # ---- 品牌活动
  shao:                                  # 白金会员，地区没填
    tier: platinum
    display_name: 邵先生
    wechat_openid: wx_shao
    consent: {wechat: granted}
  xiang:                                 # 买过月饼，也是员工
    tags: [mooncake, staff]
    wechat_openid: wx_xiang
    consent: {wechat: granted}
  yin:                                   # 买过月饼，人在海外
    tags: [mooncake]
    region: overseas
    wechat_openid: wx_yin
    consent: {wechat: granted}
  zhuo:                                  # 上个月刚买过，但还不多：有潜力
    display_name: 卓小姐
    wechat_openid: wx_zhuo
    consent: {wechat: granted}
    orders:
      - {id: O-ZHUO-1, paid_at: "2026-02-20 13:00", total: 1280}

  # ---- 增长
  cen:                                   # 两单，最后一单 1 月 5 日；分到发券组
    display_name: 岑先生
    phone: "13800000122"
    consent: {sms: granted}
    orders:
      - {id: O-CEN-1, paid_at: "2025-11-01 12:00", total: 150}
      - {id: O-CEN-2, paid_at: "2026-01-05 12:00", total: 150}
    experiment: {winback-2026q1: coupon}
  dai:                                   # 一样的两单；分到故事组
    wechat_openid: wx_dai
    consent: {wechat: granted}
    orders:
      - {id: O-DAI-1, paid_at: "2025-11-01 12:00", total: 150}
      - {id: O-DAI-2, paid_at: "2026-01-05 12:00", total: 150}
    experiment: {winback-2026q1: story}
  ge:                                    # 一样的两单；对照组
    wechat_openid: wx_ge
    consent: {wechat: granted}
    orders:
      - {id: O-GE-1, paid_at: "2025-11-01 12:00", total: 150}
      - {id: O-GE-2, paid_at: "2026-01-05 12:00", total: 150}
    experiment: {winback-2026q1: holdout}
  han:                                   # 只买过一次：不在实验里
    wechat_openid: wx_han
    consent: {wechat: granted}
    orders:
      - {id: O-HAN-1, paid_at: "2026-01-05 12:00", total: 150}
    experiment: {winback-2026q1: coupon}
  ji:                                    # 去年八月之后没再来：三月到五月都是沉睡会员
    display_name: 季女士
    wechat_openid: wx_ji
    consent: {wechat: granted}
    orders:
      - {id: O-JI-1, paid_at: "2025-08-20 12:00", total: 360}

  # ---- 会员权益
  an:                                    # 买得近、买得勤、买得多：核心会员
    display_name: 安女士
    wechat_openid: wx_an
    consent: {wechat: granted}
    orders:
      - {id: O-AN-1, paid_at: "2025-09-10 12:00", total: 1600}
      - {id: O-AN-2, paid_at: "2025-10-20 12:00", total: 1200}
      - {id: O-AN-3, paid_at: "2025-12-01 12:00", total: 1500}
      - {id: O-AN-4, paid_at: "2026-01-15 12:00", total: 1300}
      - {id: O-AN-5, paid_at: "2026-02-20 12:00", total: 1400}
  bo:                                    # 买得勤、买得近，但不多
    wechat_openid: wx_bo
    consent: {wechat: granted}
    orders:
      - {id: O-BO-1, paid_at: "2025-09-10 12:00", total: 60}
      - {id: O-BO-2, paid_at: "2025-10-20 12:00", total: 80}
      - {id: O-BO-3, paid_at: "2025-12-01 12:00", total: 50}
      - {id: O-BO-4, paid_at: "2026-01-15 12:00", total: 70}
      - {id: O-BO-5, paid_at: "2026-02-20 12:00", total: 90}

  # ---- 门店
  kang:                                  # 秋天常来，新年后只来过一次
    display_name: 康先生
    store_id: s2
    events:
      - {id: S-KANG-1, name: store.visited, at: "2025-10-18 15:00", data: {store: s2}}
      - {id: S-KANG-2, name: store.visited, at: "2025-11-01 15:00", data: {store: s2}}
      - {id: S-KANG-3, name: store.visited, at: "2025-11-16 15:00", data: {store: s2}}
      - {id: S-KANG-4, name: store.visited, at: "2025-11-30 15:00", data: {store: s2}}
      - {id: S-KANG-5, name: store.visited, at: "2025-12-13 15:00", data: {store: s2}}
      - {id: S-KANG-6, name: store.visited, at: "2025-12-28 15:00", data: {store: s2}}
      - {id: S-KANG-7, name: store.visited, at: "2026-02-14 15:00", data: {store: s2}}
  lei:                                   # 一直常来
    store_id: s2
    advisor: amy
    events:
      - {id: S-LEI-1, name: store.visited, at: "2025-10-18 15:00", data: {store: s2}}
      - {id: S-LEI-2, name: store.visited, at: "2025-11-08 15:00", data: {store: s2}}
      - {id: S-LEI-3, name: store.visited, at: "2025-11-29 15:00", data: {store: s2}}
      - {id: S-LEI-4, name: store.visited, at: "2025-12-20 15:00", data: {store: s2}}
      - {id: S-LEI-5, name: store.visited, at: "2026-01-10 15:00", data: {store: s2}}
      - {id: S-LEI-6, name: store.visited, at: "2026-01-31 15:00", data: {store: s2}}
      - {id: S-LEI-7, name: store.visited, at: "2026-02-21 15:00", data: {store: s2}}
      - {id: S-LEI-8, name: store.visited, at: "2026-03-07 15:00", data: {store: s2}}
      - {id: S-LEI-9, name: store.visited, at: "2026-03-28 15:00", data: {store: s2}}
  fei:                                   # 平时一单四五百，三月那单只有 90
    display_name: 费女士
    orders:
      - {id: O-FEI-1, paid_at: "2025-11-08 12:00", total: 520}
      - {id: O-FEI-2, paid_at: "2025-12-12 12:00", total: 480}
      - {id: O-FEI-3, paid_at: "2026-01-17 12:00", total: 560}
      - {id: O-FEI-4, paid_at: "2026-03-03 12:00", total: 90}
      - {id: O-FEI-5, paid_at: "2026-03-20 12:00", total: 450}

  # ---- 惊喜抽签：二十一位忠实会员，只抽二十位
  fan01: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan01, consent: {wechat: granted}}
  fan02: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan02, consent: {wechat: granted}}
  fan03: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan03, consent: {wechat: granted}}
  fan04: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan04, consent: {wechat: granted}}
  fan05: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan05, consent: {wechat: granted}}
  fan06: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan06, consent: {wechat: granted}}
  fan07: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan07, consent: {wechat: granted}}
  fan08: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan08, consent: {wechat: granted}}
  fan09: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan09, consent: {wechat: granted}}
  fan10: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan10, consent: {wechat: granted}}
  fan11: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan11, consent: {wechat: granted}}
  fan12: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan12, consent: {wechat: granted}}
  fan13: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan13, consent: {wechat: granted}}
  fan14: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan14, consent: {wechat: granted}}
  fan15: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan15, consent: {wechat: granted}}
  fan16: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan16, consent: {wechat: granted}}
  fan17: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan17, consent: {wechat: granted}}
  fan18: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan18, consent: {wechat: granted}}
  fan19: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan19, consent: {wechat: granted}}
  fan20: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan20, consent: {wechat: granted}}
  fan21: {lifetime_orders: 12, lifecycle: active, wechat_openid: wx_fan21, consent: {wechat: granted}}

  # ---- 宝宝百天、奶粉补货、生日双倍积分、客单减半
  bao:
    display_name: 包女士
    dates: [{name: baby_born, date: "2026-01-01"}]
    wechat_openid: wx_bao_0001
    consent: {wechat: granted, push: granted}
    orders:
      - {id: O-BAO-1, paid_at: "2026-04-08 09:00", total: 300, items: [{sku: MILK-1, name: 一段奶粉, category: milk, quantity: 1, price: 300}]}
  ping:
    display_name: 平先生
    birthday: "1992-04-20"
    wechat_openid: wx_ping_001
    consent: {wechat: granted}
    orders:
      - {id: O-PING-1, paid_at: "2026-01-10 12:00", total: 500}
      - {id: O-PING-2, paid_at: "2026-02-10 12:00", total: 540}
      - {id: O-PING-3, paid_at: "2026-03-10 12:00", total: 460}

"""#),
        File(path: "fixtures/members.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json
version: 1
timezone: Asia/Shanghai

# 测试用的会员，全部虚构。前五位测生日；后面每两三位一组，各测一条规则：有人收到，也有人不该收到。
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
  zhao:                                  # 没有手机号：短信发不了
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
  chen:                                  # 白金、消费过 5000：派给专属导购
    tier: platinum
    display_name: 陈女士
    phone: "13800000006"
    store_id: s1
    advisor: amy
    orders:
      - {id: O-CHEN-1, paid_at: "2025-12-20 12:00", total: 6800, status: paid, store_id: s1}
  wu:                                    # 花得更多，但只是银卡：不派
    tier: silver
    display_name: 吴先生
    phone: "13800000007"
    store_id: s1
    orders:
      - {id: O-WU-1, paid_at: "2025-12-20 12:00", total: 7200, status: paid, store_id: s1}

  # ---- 积分和券
  sun:                                   # 520 分同一天到期：提醒
    tier: gold
    display_name: 孙先生
    phone: "13800000008"
    wechat_openid: wx_sun
    points:
      - {id: P-SUN-1, points: 600, remaining: 420, earned_at: "2025-03-15 12:00", expires_at: "2026-03-15"}
      - {id: P-SUN-2, points: 100, earned_at: "2025-03-16 12:00", expires_at: "2026-03-15"}
  zhou:                                  # 积分太少、券太小：都不打扰
    tier: silver
    display_name: 周小姐
    phone: "13800000009"
    wechat_openid: wx_zhou
    consent: {sms: granted, wechat: granted}
    points:
      - {id: P-ZHOU-1, points: 300, earned_at: "2025-03-15 12:00", expires_at: "2026-03-15"}
    coupons:
      - {id: K-ZHOU-1, template: SMALL-5OFF, face_value: 5, issued_at: "2026-02-25 00:00", expires_at: "2026-03-10"}
  qian:                                  # 两张券同一天到期：只发一条。另有一单，半小时后取消
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
  he:                                    # 购物车放了一天：提醒。之后深夜买了大件，没绑微信：短信道谢
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
  feng:                                  # 购物车当天就买了：不提醒；买的是护肤品：一小时后道谢
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
