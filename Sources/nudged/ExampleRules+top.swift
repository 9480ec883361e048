// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

extension ExampleRules {
    static let top: [File] = [
        File(path: "coupons.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/coupons.v1.schema.json
version: 1

# 券模板:规则里的 give_coupon 只能发这里登记过的券。面额单位是元。

coupons:

  # 生日券:系统自动生成券码;规则没有写 valid_until 时,从发券当天起 30 天有效
  - {id: BDAY-30OFF, name: 生日券, face_value: 30, valid_days: 30, codes: generated}

  # 春季满减券:由门店活动发放,这里只负责到期提醒
  - {id: SPRING-50OFF, name: 春季满减券, face_value: 50, valid_days: 60, codes: generated}

  # 小额券:面额不到 10 元,到期不打扰会员
  - {id: SMALL-5OFF, name: 5 元小额券, face_value: 5, valid_days: 15, codes: generated}

"""#),
        File(path: "lifecycle.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/rules.v1.schema.json
version: 1

# 会员生命周期的六条规则。每条规则回答四个问题:
#   when    什么时候看一眼      if / unless  哪些人、哪些情况不发
#   do      做什么              limits       最多做几次
# 文案不写在这里,在 templates.yaml;券在 coupons.yaml;全店的免打扰和频次在 settings.yaml。

rules:

  # 1. 生日前三天上午 9:30:先发一张生日券,再发短信;短信发不了(没手机号、没授权)改用微信
  - id: birthday-gift
    name: 生日礼遇(提前三天)
    status: live                     # draft 草稿 | shadow 只记录不发 | live 上线 | paused 暂停 | retired 下线
    owner: crm-team
    purpose: marketing               # 营销消息:要会员授权,受免打扰和频次限制
    when:
      birthday:
        days_before: 3
        at: "09:30"
        calendar: as_recorded        # 会员登记的是公历就按公历,登记的是农历就按农历
    if:
      member.status: active
      member.tier: [silver, gold, platinum]      # 等级没填的会员不发
    do:
      - give_coupon:
          template: BDAY-30OFF
          valid_until: {days_after_occasion: 7}  # 生日过后七天仍可用
          save_as: gift                          # 下面用 gift.code、gift.valid_until 引用这张券
      - send:
          try:                                   # 从上到下,发得出去就停
            - sms: {template: sms_birthday_gift}
            - wechat: {template: wx_birthday_gift}
          fill:                                  # 文案里的空 ← 字段
            name: member.display_name
            code: gift.code
            valid_until: gift.valid_until
    limits:
      once_per: birthday             # 每个生日一次
    if_late: {send_within: 12h}      # 系统停机恢复后,晚 12 小时以内补发

  # 2. 优惠券明天到期:一位会员有几张券到期,也只发一条
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

  # 3. 购物车放了 24 小时没动;期间下了任何一单、或清空了购物车,就不提醒
  - id: cart-abandoned-24h
    name: 购物车放弃 24 小时
    status: live
    owner: ecommerce
    purpose: marketing
    when:
      cart_idle: {for: 24h}          # 每动一次购物车,重新计时
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

  # 4. 付款一小时后道谢:按买的品类和金额选一种说法
  - id: post-purchase-thanks
    name: 购后一小时感谢
    status: live
    owner: crm-team
    purpose: service                 # 服务消息:不受免打扰限制;owner 必须在 settings 的 service_owners 里
    when:
      event: {name: order.paid, after: 1h}
    unless: [order.cancelled, order.refunded]    # 这一小时里取消或退款,就不发
    do:
      - choose:                      # 从上到下,第一个成立的分支生效
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
      at_most: {times: 1, in: 1d}    # 一天下好几单,只谢一次

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

  # 6. 高价值会员 90 天没来:不发消息,派给导购打电话
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
    existing_members: {drip: 200, every: 1d}     # 上线时已经超过 90 天的老会员,每天派 200 位
    do:
      - create_task:
          assign_to: member.advisor              # 派给会员的专属导购
          or_else: store_manager                 # 没有导购就派给店长
          title: 回访高价值会员
          script: task_vip_winback
          due_in: 3d
    limits:
      once_per: inactivity

"""#),
        File(path: "segments.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/segments.v1.schema.json
version: 1

# 人群:起了名字的条件,规则用 audience: {in: [名字]} 引用,频次上限也能引用。

segments:

  # 最近一单在 180 到 365 天之前的会员;settings.yaml 里限制他们两个月最多收到一条营销消息
  - id: sleeping
    name: 沉睡会员
    if:
      member.lifecycle: sleeping

"""#),
        File(path: "settings.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/settings.v1.schema.json
version: 1

# 全店共用的设置:时区、免打扰、频次、对照组。改这里会影响每一条规则。

timezone: Asia/Shanghai          # 会员和门店都没有时区时用它
clock: member                    # "09:30" 指会员当地的 09:30

# 免打扰:营销消息在这段时间里先等着,到点后重新判断再发
quiet_hours:
  from: "21:00"
  to: "09:00"
  applies_to: [marketing]        # 订单、积分这类服务消息不受影响

# 频次上限:所有规则合计,每位会员,只算营销消息
frequency_cap:
  - {times: 1, in: 1d}                        # 一天最多 1 条
  - {times: 4, in: 30d}                       # 三十天最多 4 条
  - {times: 1, in: 60d, segment: sleeping}    # 沉睡会员两个月最多 1 条(人群见 segments.yaml)

# 哪些团队的规则可以写 purpose: service(服务消息不受免打扰和频次限制)
service_owners: [crm-team, loyalty, store-ops]

# 全店对照组:这部分会员任何营销都不发,用来衡量营销到底有没有用
global_holdout: 2%

# 会员等级,从低到高
tiers:
  - {id: silver, name: 银卡}
  - {id: gold, name: 金卡}
  - {id: platinum, name: 白金卡}

# 特殊生日怎么算
birthdays:
  leap_day: feb_28                        # 2 月 29 日出生,平年按 2 月 28 日
  missing_lunar_leap_month: same_month    # 闰月出生,当年没有这个闰月就按同名的平月
  missing_lunar_day_30: last_day          # 农历三十出生,当月只有二十九天就按月末

# 系统停机后补发:晚多久以内还发,超过就放弃并记录为 missed
if_late:
  date: {send_within: 12h}                # 生日、到期、节日
  delay: {send_within: 6h}                # 下单后、弃购后
  task: {send_within: forever}            # 员工任务永不作废

# 短信单价(元/条),用来预估费用
prices: {sms_segment: 0.05}

"""#),
        File(path: "templates.yaml", text: #"""
# yaml-language-server: $schema=../.nudged/templates.v1.schema.json
version: 1

# 文案。{{ 名字 }} 是空,由规则里的 fill 填;values 写明每个空是什么类型。
#   | default: '您好'      会员没填时用它。凡是可能没有的值都要写,或者用 {% if %} 包起来,否则检查不通过
#   | date: '%m月%d日'     日期的写法      | money   金额,199 或 49.90,不带单位
#   max: 10                太长就截断,免得一条短信变成两条
# 营销短信要有【签名】和退订提示"拒收请回复R";连标点不超过 70 个字按一条计费。

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

  # ---- 员工任务的话术(create_task 的 script):发给导购,不发给会员
  - id: task_vip_winback
    channel: wecom
    text: "请回访 {{ name | default: '会员' }}：先问候近况和上次购买的使用感受，再介绍本季新品与会员专属礼遇，不要催单。打完电话把结果记在任务里。"
    values: {name: text}

"""#),
    ]
}
