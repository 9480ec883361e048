// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

extension ExampleRules {
    static let top: [File] = [
        File(path: "coupons.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/coupons.v1.schema.json
version: 1

# 券模板：规则里的 give_coupon 只能发这里登记过的券。面额单位是元。

coupons:

  # 生日券：系统自动生成券码；规则没有写 valid_until 时，从发券当天起 30 天有效
  - {id: BDAY-30OFF, name: 生日券, face_value: 30, valid_days: 30, codes: generated}

  # 春季满减券：由门店活动发放，这里只负责到期提醒
  - {id: SPRING-50OFF, name: 春季满减券, face_value: 50, valid_days: 60, codes: generated}

  # 小额券：面额不到 10 元，到期不打扰会员
  - {id: SMALL-5OFF, name: 5 元小额券, face_value: 5, valid_days: 15, codes: generated}

  # ---- 食谱用：只有 cookbook/ 里的草稿规则用到，启用规则前先核对面额
  - {id: NEW-20OFF, name: 新人券, face_value: 20, valid_days: 14, codes: generated}
  - {id: WELCOME-25OFF, name: 首单欢迎券, face_value: 25, valid_days: 30, codes: generated}
  - {id: SECOND-ORDER-15, name: 第二单立减券, face_value: 15, valid_days: 14, codes: generated}
  - {id: BDAY-GOLD-100, name: 金卡生日月礼券, face_value: 100, valid_days: 31, codes: generated}
  - {id: BDAY-PLATINUM-200, name: 白金卡生日月礼券, face_value: 200, valid_days: 31, codes: generated}
  - {id: WEDDING-52OFF, name: 结婚纪念日券, face_value: 52, valid_days: 14, codes: generated}
  - {id: SORRY-30OFF, name: 致歉补偿券, face_value: 30, valid_days: 60, codes: generated}
  - {id: WINBACK-20, name: 唤醒券, face_value: 20, valid_days: 10, codes: generated}
  - {id: SURPRISE-88, name: 惊喜礼券, face_value: 88, valid_days: 30, codes: generated}
  - {id: CORE-60OFF, name: 核心会员月度券, face_value: 60, valid_days: 28, codes: generated}
  - {id: BABY-100OFF, name: 宝宝百天券, face_value: 100, valid_days: 20, codes: generated}
  - {id: QUARTER-30, name: 季度感恩券, face_value: 30, valid_days: 30, codes: pool}    # 券码用 nudged import coupon_codes 导入

"""#),
        File(path: "lifecycle.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/rules.v1.schema.json
version: 1

# 会员生命周期的六条规则。每条规则回答四个问题：
#   when    什么时候看一眼      if / unless  哪些人、哪些情况不发
#   do      做什么              limits       最多做几次
# 文案不写在这里，在 templates.yaml；券在 coupons.yaml；全店的免打扰和频次在 settings.yaml。

rules:

  # 1. 生日前三天上午 9:30：先发一张生日券，再发短信；短信发不了（没手机号、没授权）改用微信
  - id: birthday-gift
    name: 生日礼遇(提前三天)
    status: live                     # draft 草稿 | shadow 只记录不发 | live 上线 | paused 暂停 | retired 下线
    owner: crm-team
    purpose: marketing               # 营销消息：要会员授权，受免打扰和频次限制
    when:
      birthday:
        days_before: 3
        at: "09:30"
        calendar: as_recorded        # 会员登记的是公历就按公历，登记的是农历就按农历
    if:
      member.status: active
      member.tier: [silver, gold, platinum]      # 等级没填的会员不发
    do:
      - give_coupon:
          template: BDAY-30OFF
          valid_until: {days_after_occasion: 7}  # 生日过后七天仍可用
          save_as: gift                          # 下面用 gift.code、gift.valid_until 引用这张券
      - send:
          try:                                   # 从上到下，发得出去就停
            - sms: {template: sms_birthday_gift}
            - wechat: {template: wx_birthday_gift}
          fill:                                  # 文案里的空 ← 字段
            name: member.display_name
            code: gift.code
            valid_until: gift.valid_until
    limits:
      once_per: birthday             # 每个生日一次
    if_late: {send_within: 12h}      # 系统停机恢复后，晚 12 小时以内补发

  # 2. 优惠券明天到期：一位会员有几张券到期，也只发一条
  - id: coupon-expires-tomorrow
    name: 优惠券到期前一天提醒
    status: live
    owner: crm-team
    purpose: marketing
    when:
      coupon_expires: {days_before: 1, at: "10:00"}
    if:
      coupon.state: unused
      coupon.face_value: {at_least: 10}          # 小额券不打扰
    combine:
      into: one_per_member
      save_as: coupons               # 下面用 coupons.count、coupons.first 引用
      order_by: {field: coupon.face_value, direction: highest_first}
      keep: 3
    do:
      - send:
          try:
            - wechat: {template: wx_coupon_expiring}
            - sms: {template: sms_coupon_expiring}
          fill:
            count: coupons.count
            best_value: coupons.first.face_value
    limits:
      once_per: coupon

  # 3. 购物车放了 24 小时没动；期间下了任何一单、或清空了购物车，就不提醒
  - id: cart-abandoned-24h
    name: 购物车放弃 24 小时
    status: live
    owner: ecommerce
    purpose: marketing
    when:
      cart_idle: {for: 24h}          # 每动一次购物车，重新计时
    unless: [order.paid, cart.emptied]
    if:
      cart.total: {at_least: 50}
      cart.in_stock_items: {at_least: 1}         # 全都缺货就别催
    do:
      - send:
          try:
            - push: {template: push_cart_reminder}
            - wechat: {template: wx_cart_reminder}
          fill:
            first_item: cart.items.first.name
            total: cart.total
    limits:
      once_per: cart
      at_most: {times: 2, in: 7d}    # 七天最多提醒两次

  # 4. 付款一小时后道谢：按买的品类和金额选一种说法
  - id: post-purchase-thanks
    name: 购后一小时感谢
    status: live
    owner: crm-team
    purpose: service                 # 服务消息：不受免打扰限制；owner 必须在 settings 的 service_owners 里
    when:
      event: {name: order.paid, after: 1h}
    unless: [order.cancelled, order.refunded]    # 这一小时里取消或退款，就不发
    do:
      - choose:                      # 从上到下，第一个成立的分支生效
          - if:
              order.categories: {includes: skincare}
            do:
              - send:
                  try:
                    - wechat: {template: wx_thanks_skincare}
                  fill: {name: member.display_name}
          - if:
              order.total: {at_least: 2000}
            do:
              - send:
                  try:
                    - wechat: {template: wx_thanks_vip}
                    - sms: {template: sms_thanks_vip}
                  fill: {name: member.display_name}
        otherwise:                   # 都不成立
          - send:
              try:
                - wechat: {template: wx_thanks_general}
              fill: {name: member.display_name}
    limits:
      once_per: order
      at_most: {times: 1, in: 1d}    # 一天下好几单，只谢一次

  # 5. 七天后有 500 分以上到期
  - id: points-expiring-7d
    name: 积分七天后到期
    status: live
    owner: loyalty
    purpose: service
    when:
      points_expire: {days_before: 7, at: "10:30"}
    if:
      points.expiring: {at_least: 500}           # 同一天到期的积分合在一起算
    do:
      - send:
          try:
            - wechat: {template: wx_points_expiring}
            - sms: {template: sms_points_expiring}
          fill:
            amount: points.expiring
            date: points.expires_on
    limits:
      once_per: points_batch

  # 6. 高价值会员 90 天没来：不发消息，派给导购打电话
  - id: vip-inactive-90d
    name: 高价值会员 90 天未到店
    status: live
    owner: store-ops
    purpose: service
    when:
      inactive:
        for: 90d
        at: "10:00"
        activity: [order.paid, store.visited]    # 下单或到店都算来过
    if:
      member.lifetime_spend: {at_least: 5000}
      member.tier: [gold, platinum]
    existing_members: {drip: 200, every: 1d}     # 上线时已经超过 90 天的老会员，每天派 200 位
    do:
      - create_task:
          assign_to: member.advisor              # 派给会员的专属导购
          or_else: store_manager                 # 没有导购就派给店长
          title: 回访高价值会员
          script: task_vip_winback
          fill: {name: member.display_name}
          due_in: 3d
    limits:
      once_per: inactivity

"""#),
        File(path: "segments.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/segments.v1.schema.json
version: 1

# 人群：起了名字的条件，规则用 audience: {in: [名字]} 引用，频次上限也能引用。

segments:

  # 最近一单在 180 到 365 天之前的会员；settings.yaml 里限制他们两个月最多收到一条营销消息
  - id: sleeping
    name: 沉睡会员
    if:
      member.lifecycle: sleeping

  # ---- 食谱用：cookbook/ 里的草稿规则引用

  # 收银台或商城给买过月饼的会员打的标签
  - id: mooncake-buyers
    name: 买过月饼
    if:
      member.tags: {includes: mooncake}

  - id: platinum-members
    name: 白金会员
    if:
      member.tier: platinum

  # 员工也有会员卡：活动和抽奖都要排除
  - id: staff
    name: 员工
    if:
      member.tags: {includes: staff}

  # 累计十单以上，且一年之内还来过
  - id: loyal
    name: 忠实会员
    if:
      member.lifetime_orders: {at_least: 10}
      member.lifecycle: [new, active, cooling]

"""#),
        File(path: "settings.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/settings.v1.schema.json
version: 1

# 全店共用的设置：时区、免打扰、频次、对照组。改这里会影响每一条规则。

timezone: Asia/Shanghai          # 会员和门店都没有时区时用它
clock: member                    # "09:30" 指会员当地的 09:30

# 免打扰：营销消息在这段时间里先等着，到点后重新判断再发
quiet_hours:
  from: "21:00"
  to: "09:00"
  applies_to: [marketing]        # 订单、积分这类服务消息不受影响

# 频次上限：所有规则合计，每位会员，只算营销消息
frequency_cap:
  - {times: 1, in: 1d}                        # 一天最多 1 条
  - {times: 4, in: 30d}                       # 三十天最多 4 条
  - {times: 1, in: 60d, segment: sleeping}    # 沉睡会员两个月最多 1 条（人群见 segments.yaml）

# 哪些团队的规则可以写 purpose: service（服务消息不受免打扰和频次限制）
service_owners: [crm-team, loyalty, store-ops]

# 全店对照组：这部分会员任何营销都不发，用来衡量营销到底有没有用
global_holdout: 2%

# 会员等级，从低到高
tiers:
  - {id: silver, name: 银卡}
  - {id: gold, name: 金卡}
  - {id: platinum, name: 白金卡}

# 特殊生日怎么算
birthdays:
  leap_day: feb_28                        # 2 月 29 日出生，平年按 2 月 28 日
  missing_lunar_leap_month: same_month    # 闰月出生，当年没有这个闰月就按同名的平月
  missing_lunar_day_30: last_day          # 农历三十出生，当月只有二十九天就按月末

# 系统停机后补发：晚多久以内还发，超过就放弃并记录为 missed
if_late:
  date: {send_within: 12h}                # 生日、到期、节日
  delay: {send_within: 6h}                # 下单后、弃购后
  task: {send_within: forever}            # 员工任务永不作废

# 短信单价（元/条），用来预估费用
prices: {sms_segment: 0.05}

"""#),
        File(path: "templates.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/templates.v1.schema.json
version: 1

# 文案。{{ 名字 }} 是空，由规则里的 fill 填；values 写明每个空是什么类型。
#   | default: '您好'      会员没填时用它。凡是可能没有的值都要写，或者用 {% if %} 包起来，否则检查不通过
#   | date: '%m月%d日'     日期的写法      | money   金额，199 或 49.90，不带单位
#   max: 10                太长就截断，免得一条短信变成两条
# 营销短信要有【签名】和退订提示"拒收请回复R"；连标点不超过 70 个字按一条计费。

templates:

  # ---- 生日礼遇
  - id: sms_birthday_gift
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，生日快乐！{{ code }} 为您的生日券，{{ valid_until | date: '%m月%d日' }}前有效。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code, valid_until: date}
  - id: wx_birthday_gift
    channel: wechat
    text: "{{ name | default: '您好' }}，提前祝您生日快乐！为您准备了一张生日券 {{ code }}，{{ valid_until | date: '%Y年%m月%d日' }}前到店或在小程序下单都能用。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}

  # ---- 优惠券明天到期
  - id: sms_coupon_expiring
    channel: sms
    text: "【星河百货】您有{{ count }}张优惠券明天到期{% if best_value %}，最高可省{{ best_value | money }}元{% endif %}，到店出示会员码即可使用。拒收请回复R"
    values: {count: number, best_value: money}
  - id: wx_coupon_expiring
    channel: wechat
    text: "您有 {{ count }} 张优惠券明天到期{% if best_value %}，面额最高 {{ best_value | money }} 元{% endif %}。打开小程序“我的券包”查看，别让优惠白白过期。"
    values: {count: number, best_value: money}

  # ---- 购物车提醒
  - id: push_cart_reminder
    channel: push
    text: "{{ first_item | default: '您挑选的商品' }}还在购物车里{% if total %}，合计 {{ total | money }} 元{% endif %}，库存有限，记得结算。"
    values: {first_item: {type: text, max: 20}, total: money}
  - id: wx_cart_reminder
    channel: wechat
    text: "您挑的{{ first_item | default: '商品' }}还在购物车里{% if total %}，合计 {{ total | money }} 元{% endif %}。部分商品库存不多，点开即可继续结算。"
    values: {first_item: {type: text, max: 20}, total: money}

  # ---- 购后感谢
  - id: wx_thanks_skincare
    channel: wechat
    text: "{{ name | default: '您好' }}，感谢选购护肤品。首次使用请先在耳后试用；敏感不适，七天内可凭小票退换。专柜美容顾问随时为您解答。"
    values: {name: {type: text, max: 20}}
  - id: wx_thanks_vip
    channel: wechat
    text: "{{ name | default: '您好' }}，感谢您对星河百货的信任。您的订单由专属客服跟进，如需送货、安装或退换，直接回复这条消息就好。"
    values: {name: {type: text, max: 20}}
  - id: sms_thanks_vip
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，感谢您的惠顾！订单由专属客服跟进，送货、安装、退换请到会员中心联系。拒收请回复R"
    values: {name: {type: text, max: 10}}
  - id: wx_thanks_general
    channel: wechat
    text: "{{ name | default: '您好' }}，感谢您的惠顾！发票和退换入口在小程序“我的订单”里，祝您用得开心。"
    values: {name: {type: text, max: 20}}

  # ---- 积分到期
  - id: sms_points_expiring
    channel: sms
    text: "【星河百货】您有{{ amount }}积分将于{{ date | date: '%m月%d日' }}到期，可在会员中心兑换礼品或抵现。拒收请回复R"
    values: {amount: number, date: date}
  - id: wx_points_expiring
    channel: wechat
    text: "您有 {{ amount }} 积分将于 {{ date | date: '%Y年%m月%d日' }}到期。打开小程序“积分商城”，可以换礼品，也可以结算时抵现。"
    values: {amount: number, date: date}

  # ---- 员工任务的话术（create_task 的 script）：发给导购，不发给会员
  - id: task_vip_winback
    channel: wecom
    text: "请回访 {{ name | default: '会员' }}：先问候近况和上次购买的使用感受，再介绍本季新品与会员专属礼遇，不要催单。打完电话把结果记在任务里。"
    values: {name: text}

  # ==== 食谱用：只有 cookbook/ 里的草稿规则用到，启用规则前先改成自己店里的说法

  # ---- 会员运营
  - id: wx_registered_no_order
    channel: wechat
    text: "{{ name | default: '您好' }}，欢迎加入星河百货！新人券 {{ code }} 已放进您的券包，{{ valid_until | date: '%m月%d日' }}前首单可用。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}
  - id: sms_registered_no_order
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，新人券{{ code }}已到账，{{ valid_until | date: '%m月%d日' }}前首单可用。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code, valid_until: date}
  - id: wx_welcome_first_order
    channel: wechat
    text: "{{ name | default: '您好' }}，感谢您的第一单！欢迎礼 {{ code }} 请收下，{{ valid_until | date: '%m月%d日' }}前全场可用。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}
  - id: sms_welcome_first_order
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，感谢首单！欢迎券{{ code }}，{{ valid_until | date: '%m月%d日' }}前可用。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code, valid_until: date}
  - id: wx_first_purchase_d3
    channel: wechat
    text: "{{ name | default: '您好' }}，上次买的还合用吗？第二单立减券 {{ code }}，十四天内有效。用得不顺手，直接回复我们。"
    values: {name: {type: text, max: 20}, code: code}
  - id: sms_first_purchase_d3
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，送您第二单立减券{{ code }}，十四天内有效。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code}
  - id: wx_birthday_month_platinum
    channel: wechat
    text: "{{ name | default: '您好' }}，您的生日月到了！白金礼券 {{ code }}{% if value %}，面额 {{ value | money }} 元{% endif %}，{{ valid_until | date: '%m月%d日' }}前有效。到店还有一份蛋糕为您留着。"
    values: {name: {type: text, max: 20}, value: money, code: code, valid_until: date}
  - id: wx_birthday_month_gold
    channel: wechat
    text: "{{ name | default: '您好' }}，您的生日月到了！金卡礼券 {{ code }}{% if value %}，面额 {{ value | money }} 元{% endif %}，{{ valid_until | date: '%m月%d日' }}前有效。"
    values: {name: {type: text, max: 20}, value: money, code: code, valid_until: date}
  - id: sms_birthday_month
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，生日月礼券{{ code }}{% if value %}，值{{ value | money }}元{% endif %}，{{ valid_until | date: '%m月%d日' }}前有效。拒收请回复R"
    values: {name: {type: text, max: 10}, value: money, code: code, valid_until: date}
  - id: wx_wedding_anniversary
    channel: wechat
    text: "{{ name | default: '您好' }}，{{ date | date: '%m月%d日' }}是您的结婚纪念日，提前祝二位安好。纪念券 {{ code }} 可用于全场，礼物我们帮您包好。"
    values: {name: {type: text, max: 20}, date: date, code: code}
  - id: sms_wedding_anniversary
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，{{ date | date: '%m月%d日' }}纪念日快乐！纪念券{{ code }}全场可用。拒收请回复R"
    values: {name: {type: text, max: 10}, date: date, code: code}
  - id: wx_complaint_resolved
    channel: wechat
    text: "{{ name | default: '您好' }}，上次的事给您添麻烦了，再次致歉。补偿券 {{ code }} 请收下，{{ valid_until | date: '%m月%d日' }}前有效。还有不满意，直接回复这条消息。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}
  - id: sms_complaint_resolved
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，上次的事再次致歉，补偿券{{ code }}，{{ valid_until | date: '%m月%d日' }}前有效。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code, valid_until: date}
  - id: wx_coupon_used_thanks
    channel: wechat
    text: "{{ name | default: '您好' }}，优惠券已核销，感谢惠顾！小票在小程序“我的订单”里，退换也从那里办理。"
    values: {name: {type: text, max: 20}}
  - id: wx_birthday_coupon_unused
    channel: wechat
    text: "{{ name | default: '您好' }}，您的生日券还没用，过几天就到期了。打开小程序“我的券包”就能看到。"
    values: {name: {type: text, max: 20}}
  - id: sms_birthday_coupon_unused
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，您的生日券还没用，过几天就到期了，到店出示会员码即可。拒收请回复R"
    values: {name: {type: text, max: 10}}

  # ---- 线上商城
  - id: push_browse_reminder
    channel: push
    text: "您看过的这一类里，大家买得最多的：{% for item in items %}{{ item.name | truncate: 12 }} {% endfor %}点开看看。"
    values: {items: list}
  - id: push_refill
    channel: push
    text: "{{ item | default: '上次买的咖啡豆' }}差不多喝完了吧？点开就能再来一袋。"
    values: {item: {type: text, max: 20}}
  - id: wx_refill
    channel: wechat
    text: "{{ item | default: '上次买的咖啡豆' }}差不多喝完了吧？小程序里点“再来一单”，新鲜烘焙，次日送达。"
    values: {item: {type: text, max: 20}}
  - id: wx_pairs_with
    channel: wechat
    text: "{{ bought | default: '新机器' }}用得顺手吗？和它最搭的：{% for item in items %}{{ item.name | truncate: 12 }} {% endfor %}小程序里可以试喝装起购。"
    values: {bought: {type: text, max: 20}, items: list}
  - id: push_pairs_with
    channel: push
    text: "和{{ bought | default: '您的新机器' }}最搭的：{% for item in items %}{{ item.name | truncate: 12 }} {% endfor %}"
    values: {bought: {type: text, max: 20}, items: list}

  # ---- 品牌活动
  - id: wx_mid_autumn
    channel: wechat
    text: "{{ name | default: '您好' }}，中秋快乐！礼盒可代写贺卡、代寄全国，节前下单赶得上团圆饭。"
    values: {name: {type: text, max: 20}}
  - id: sms_mid_autumn
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，中秋快乐！礼盒可代写贺卡、代寄全国。拒收请回复R"
    values: {name: {type: text, max: 10}}
  - id: wx_new_arrivals
    channel: wechat
    text: "{{ name | default: '您好' }}，本周新品到店了，会员周末可以先试后买。点开看看有没有您喜欢的。"
    values: {name: {type: text, max: 20}}
  - id: wx_singles_day
    channel: wechat
    text: "{{ name | default: '您好' }}，双十一会员清单提前三天给您：先加购，到点直接付款，不用拼手速。"
    values: {name: {type: text, max: 20}}
  - id: sms_singles_day
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，双十一会员清单已在小程序，先加购不用抢。拒收请回复R"
    values: {name: {type: text, max: 10}}

  # ---- 增长
  - id: sms_winback_coupon
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，好久不见！唤醒券{{ code }}十天内有效。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code}
  - id: wx_winback_coupon
    channel: wechat
    text: "{{ name | default: '您好' }}，好久不见！送您一张券 {{ code }}，十天内到店或线上都能用。"
    values: {name: {type: text, max: 20}, code: code}
  - id: wx_winback_story
    channel: wechat
    text: "{{ name | default: '您好' }}，这两个月我们换了新的烘焙师傅，也重做了二楼的童书角。有空来坐坐。"
    values: {name: {type: text, max: 20}}
  - id: wx_sleeping
    channel: wechat
    text: "{{ name | default: '您好' }}，有一阵子没见到您了。这一季的新品和您的积分都还在，什么时候方便都欢迎回来。"
    values: {name: {type: text, max: 20}}
  - id: sms_sleeping
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，有一阵子没见到您了，积分还在，随时欢迎回来。拒收请回复R"
    values: {name: {type: text, max: 10}}
  - id: wx_surprise
    channel: wechat
    text: "{{ name | default: '您好' }}，没有原因，就是想谢谢您：惊喜券 {{ code }}，{{ valid_until | date: '%m月%d日' }}前有效。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}
  - id: sms_surprise
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，谢谢您常来！惊喜券{{ code }}，{{ valid_until | date: '%m月%d日' }}前有效。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code, valid_until: date}

  # ---- 会员权益
  - id: wx_core_perk
    channel: wechat
    text: "{{ name | default: '您好' }}，本月的专属券 {{ code }} 到了，{{ valid_until | date: '%m月%d日' }}前有效，可与会员折扣同享。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}
  - id: sms_core_perk
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，本月专属券{{ code }}，{{ valid_until | date: '%m月%d日' }}前有效。拒收请回复R"
    values: {name: {type: text, max: 10}, code: code, valid_until: date}
  - id: wx_tier_platinum
    channel: wechat
    text: "{{ name | default: '您好' }}，恭喜升级白金卡！2000 积分已到账，专属顾问、免费包装和贵宾停车从今天起都为您开通。"
    values: {name: {type: text, max: 20}}
  - id: wx_tier_gold
    channel: wechat
    text: "{{ name | default: '您好' }}，恭喜升级金卡！500 积分已到账，生日月礼券和免费送货从今天起生效。"
    values: {name: {type: text, max: 20}}
  - id: sms_tier_upgrade
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，恭喜升级！升级积分已到账，新权益在会员中心查看。拒收请回复R"
    values: {name: {type: text, max: 10}}
  - id: wx_membership_anniversary
    channel: wechat
    text: "{{ name | default: '您好' }}，今天是您入会的周年{% if since %}（{{ since | date: '%Y年%m月' }}入会）{% endif %}，365 积分已到账，谢谢一路同行。"
    values: {name: {type: text, max: 20}, since: instant}
  - id: sms_membership_anniversary
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，入会周年快乐{% if since %}（{{ since | date: '%Y年' }}入会）{% endif %}，365积分已到账。拒收请回复R"
    values: {name: {type: text, max: 10}, since: instant}

  # ---- 门店
  - id: wx_care_reminder
    channel: wechat
    text: "{{ name | default: '您好' }}，{{ bought | date: '%Y年%m月' }}买的{{ item | default: '厨电' }}该除垢保养了。除垢剂可到店免费领，也可以预约上门。"
    values: {name: {type: text, max: 20}, bought: instant, item: {type: text, max: 20}}
  - id: sms_care_reminder
    channel: sms
    text: "【星河百货】{{ name | default: '您好' }}，您{{ bought | date: '%m月' }}买的{{ item | default: '厨电' }}该保养了，除垢剂可到店免费领。拒收请回复R"
    values: {name: {type: text, max: 10}, bought: instant, item: {type: text, max: 12}}
  - id: task_complaint_call
    channel: wecom
    text: "请一小时内给 {{ name | default: '会员' }} 回电：先听完，再道歉，不争对错；当场能定的当场定，定不了说清几点前答复。"
    values: {name: text}
  - id: task_visits_dropped
    channel: wecom
    text: "{{ name | default: '会员' }} 最近来得少了：发个问候，问问上次买的用得怎样，不推销。对方说忙就记下来，三个月内不再问。"
    values: {name: text}
  - id: task_big_refund
    channel: wecom
    text: "请联系 {{ name | default: '会员' }}：确认退款到账，问清退货原因（质量、尺码、送货还是价格），把原因记在任务里。"
    values: {name: text}

  # ---- 宝宝、积分、季度
  - id: wx_baby_100_days
    channel: wechat
    text: "{{ name | default: '您好' }}，宝宝百天快乐！{{ code }} 可抵 100 元，{{ valid_until | date: '%m月%d日' }}前有效。"
    values: {name: {type: text, max: 20}, code: code, valid_until: date}
  - id: wx_birthday_points
    channel: wechat
    text: "{{ name | default: '您好' }}，生日快乐！今天这一单的双倍积分已到账。"
    values: {name: {type: text, max: 20}}
  - id: wx_quarter_thanks
    channel: wechat
    text: "{{ name | default: '您好' }}，感谢一个季度的陪伴，{{ code }} 可抵 30 元，请到店使用。"
    values: {name: {type: text, max: 20}, code: code}

"""#),
    ]
}
