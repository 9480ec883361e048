// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

extension ExampleRules {
    static let cookbook: [File] = [
        File(path: "cookbook/brand.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rules.v1.schema.json
version: 1

# 食谱：品牌活动（brand）。
# status 都是 draft：会检查，不会加载。要用哪一条：status 先改 shadow 看几天，再改 live，
# 改完跑 nudged check 和 nudged test。节日和定时规则一次面对很多人，超过两百人的第一次会先停下来，等人放行（nudged release）。

rules:

  # 中秋前两天问候：买过月饼的和白金会员，员工除外
  - id: mid-autumn-greeting
    name: 中秋问候
    status: draft
    owner: brand
    purpose: marketing
    when:
      festival: {name: mid_autumn, days_before: 2, at: "10:00"}  # 农历节日自己会算到公历
    audience:
      in: [mooncake-buyers, platinum-members]    # 属于其中一个就行
      not_in: [staff]
    if:
      member.region: {none_of: [overseas]}       # nudged: allow R211 地区没填的也发
    do:
      - send:
          try:
            - wechat: {template: wx_mid_autumn}
            - sms: {template: sms_mid_autumn}
          fill: {name: member.display_name}
          per_minute: 600                        # 慢慢发，别把客服打爆
    limits:
      once_per: festival

  # 每周五上新：只给有潜力的会员（最近买过，但还不是核心），一个月最多两次
  - id: new-arrivals-weekly
    name: 周五上新
    status: draft
    owner: brand
    purpose: marketing
    when:
      schedule: {every: week, on: friday, at: "11:30"}
    audience:
      not_in: [staff]
    if:
      member.rfm.segment: promising
    do:
      - send:
          try:
            - wechat: {template: wx_new_arrivals}
          fill: {name: member.display_name}
          per_minute: 600
    limits:
      at_most: {times: 2, in: 30d}

  # 双十一前三天预告：一年内消费满 1000 元的会员先拿到清单
  - id: singles-day-preview
    name: 双十一预告
    status: draft
    owner: brand
    purpose: marketing
    priority: 10                     # 同一分钟有几条规则，这条先占当天的频次名额
    when:
      festival: {name: singles_day, days_before: 3, at: "10:00"}
    audience:
      not_in: [staff]
    if:
      member.spend_365d: {at_least: 1000}
    do:
      - send:
          try:
            - wechat: {template: wx_singles_day}
            - sms: {template: sms_singles_day}
          fill: {name: member.display_name}
          per_minute: 600
    limits:
      once_per: festival

"""#),
        File(path: "cookbook/crm.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rules.v1.schema.json
version: 1

# 食谱：会员运营（crm-team）。
# status 都是 draft：nudged check 和 nudged test 会查，演示和守护进程不会加载，可以放心留在这里。
# 要用哪一条：把它的 status 改成 shadow（只记录、不发送）看几天，名单和数量没问题再改成 live，
# 然后跑 nudged check 和 nudged test。文案在 templates.yaml、券在 coupons.yaml 的“食谱用”下面。
# 上线以后 id 不要再改：频次限制和报表都认它。

rules:

  # 入会七天还没下第一单：送一张新人券。期间只要下了单，等待自动取消
  - id: registered-no-order-7d
    name: 入会七天未首购
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      event: {name: member.registered, after: 7d, at: "10:00"}
    unless: [order.paid]
    do:
      - give_coupon: {template: NEW-20OFF, valid_until: {days_after_send: 14}, save_as: gift}
      - send:
          try:
            - wechat: {template: wx_registered_no_order}
            - sms: {template: sms_registered_no_order}
          fill: {name: member.display_name, code: gift.code, valid_until: gift.valid_until}
    limits:
      once_per: lifetime             # 一位会员一辈子一次

  # 首单第二天上午：欢迎礼。和下面的 first-purchase-d3 二选一，或者都开、由频次上限错开
  - id: welcome-first-order
    name: 首单欢迎礼
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      first_purchase: {days_after: 1, at: "10:00"}
    unless: [order.cancelled, order.refunded]    # 只看首单自己的取消和退款
    do:
      - give_coupon: {template: WELCOME-25OFF, valid_until: {days_after_send: 30}, save_as: gift}
      - send:
          try:
            - wechat: {template: wx_welcome_first_order}
            - sms: {template: sms_welcome_first_order}
          fill: {name: member.display_name, code: gift.code, valid_until: gift.valid_until}
    limits:
      once_per: lifetime

  # 首购后第三天：还只有这一单，就送一张第二单用的券
  - id: first-purchase-d3
    name: 首购后第三天
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      first_purchase: {days_after: 3, at: "11:00"}
    unless: [order.refunded]
    if:
      history:
        - {event: order.paid, times: 1}          # 恰好一单；已经复购的不用再催
    do:
      - give_coupon: {template: SECOND-ORDER-15, valid_until: {days_after_send: 14}, save_as: next}
      - send:
          try:
            - wechat: {template: wx_first_purchase_d3}
            - sms: {template: sms_first_purchase_d3}
          fill: {name: member.display_name, code: next.code}
    limits:
      once_per: lifetime

  # 金卡、白金卡的生日月：生日前十五天送礼，生日后十五天内有效，合起来正好一个月。礼按等级分
  - id: birthday-month-top-tiers
    name: 生日月礼遇(金卡、白金卡)
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      birthday: {days_before: 15, at: "10:00"}   # 公历、农历按会员登记的算
    if:
      member.tier: [gold, platinum]
    do:
      - choose:
          - if:
              member.tier: platinum
            do:
              - give_coupon: {template: BDAY-PLATINUM-200, valid_until: {days_after_occasion: 15}, save_as: gift}
              - send:
                  try:
                    - wechat: {template: wx_birthday_month_platinum}
                    - sms: {template: sms_birthday_month}
                  fill: {name: member.display_name, value: gift.face_value, code: gift.code, valid_until: gift.valid_until}
        otherwise:                   # 剩下的就是金卡
          - give_coupon: {template: BDAY-GOLD-100, valid_until: {days_after_occasion: 15}, save_as: gift}
          - send:
              try:
                - wechat: {template: wx_birthday_month_gold}
                - sms: {template: sms_birthday_month}
              fill: {name: member.display_name, value: gift.face_value, code: gift.code, valid_until: gift.valid_until}
    limits:
      once_per: birthday

  # 结婚纪念日前七天：提前挑礼物。日子来自会员的 dates（nudged import dates），宝宝生日等同理，改 of 就行
  - id: wedding-anniversary
    name: 结婚纪念日
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      anniversary: {of: wedding, days_before: 7, at: "10:00"}
    do:
      - give_coupon: {template: WEDDING-52OFF, valid_until: {days_after_occasion: 3}, save_as: gift}
      - send:
          try:
            - wechat: {template: wx_wedding_anniversary}
            - sms: {template: sms_wedding_anniversary}
          fill: {name: member.display_name, code: gift.code, date: trigger.date}
    limits:
      once_per: anniversary

  # 投诉处理完三天：道歉加补偿券。期间又来一次投诉就不发，先把事情解决
  - id: complaint-resolved-d3
    name: 投诉结案三天后致歉
    status: draft
    owner: crm-team
    purpose: service                 # 投诉的后续处理，不是推销
    when:
      event: {name: complaint.resolved, after: 3d, at: "11:00"}
    unless: [complaint.opened]
    do:
      - give_coupon: {template: SORRY-30OFF, save_as: gift}      # 有效期按券模板
      - send:
          try:
            - wechat: {template: wx_complaint_resolved}
            - sms: {template: sms_complaint_resolved}
          fill: {name: member.display_name, code: gift.code, valid_until: gift.valid_until}
    limits:
      at_most: {times: 1, in: 90d}   # 多次投诉不重复补偿

  # 核销优惠券一小时后道谢
  - id: coupon-used-thanks
    name: 用券后致谢
    status: draft
    owner: crm-team
    purpose: service
    when:
      event: {name: coupon.used, after: 1h}
    do:
      - send:
          try:
            - wechat: {template: wx_coupon_used_thanks}
          fill: {name: member.display_name}
    limits:
      at_most: {times: 1, in: 7d}    # 常用券的会员一周只谢一次

  # 生日礼发出七天，券还没用：再提醒一次。消息本身也是事件，所以跟进就是另一条规则
  - id: birthday-coupon-unused-7d
    name: 生日券七天未用
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      event:
        name: message.sent
        where: {rule: birthday-gift}             # 只跟进这条规则发出的消息
        after: 7d
        at: "10:00"
    unless: [coupon.used]                        # 用过任何一张券都算
    do:
      - send:
          try:
            - wechat: {template: wx_birthday_coupon_unused}
            - sms: {template: sms_birthday_coupon_unused}
          fill: {name: member.display_name}
    limits:
      once_per: message

  # 宝宝百天：只发这一次，不是每年。日子来自会员的 dates（nudged import dates）；预产期、换奶粉同理，改 of 和天数就行
  - id: baby-100-days
    name: 宝宝百天
    status: draft
    owner: crm-team
    purpose: marketing
    when:
      date: {of: baby_born, days_after: 100, at: "09:30"}
    do:
      - give_coupon: {template: BABY-100OFF, valid_until: {days_after_send: 20}, save_as: gift}
      - send:
          try:
            - wechat: {template: wx_baby_100_days}
          fill: {name: member.display_name, code: gift.code, valid_until: gift.valid_until}
    limits:
      once_per: date

"""#),
        File(path: "cookbook/ecommerce.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rules.v1.schema.json
version: 1

# 食谱：线上商城（ecommerce）。
# status 都是 draft：会检查，不会加载。要用哪一条：status 先改 shadow 看几天，再改 live，
# 改完跑 nudged check 和 nudged test。这个团队不在 settings 的 service_owners 里，只能写 purpose: marketing。

rules:

  # 七天内三次看同一品类，之后 24 小时没下单：推荐这个品类卖得最好的三件
  - id: browsed-not-bought-24h
    name: 浏览未购买 24 小时
    status: draft
    owner: ecommerce
    purpose: marketing
    when:
      browsed: {at_least: 3, of: category, idle_for: 24h}        # 再看一次，重新计时
    unless: [order.paid]
    if:
      browse.category: {none_of: [gift-card]}    # 礼品卡不推荐
      history:
        - {event: order.paid, times: 0, within_last: 7d}
    do:
      - recommend: {strategy: category_bestsellers, based_on: browse.category, exclude: [out_of_stock], limit: 3, if_empty: stop, save_as: picks}
      - send:
          try:
            - push: {template: push_browse_reminder}
          fill: {items: picks}
    limits:
      at_most: {times: 1, in: 3d}

  # 咖啡豆一袋大约喝一个月：买后三十天提醒补货。期间下过任何一单就不提醒
  - id: beans-refill-30d
    name: 咖啡豆三十天补货
    status: draft
    owner: ecommerce
    purpose: marketing
    when:
      event: {name: order.paid, after: 30d, at: "10:00"}
    unless: [order.paid, order.cancelled, order.refunded]
    if:
      order.categories: {includes: beans}        # 换成奶粉、猫粮、隐形眼镜都一样，天数跟着改
    do:
      - send:
          try:
            - push: {template: push_refill}
            - wechat: {template: wx_refill}
          fill: {item: order.items.first.name}
    limits:
      once_per: order

  # 买了意式咖啡机，一周后推荐咖啡豆。推什么由商品资料的 pairs_with 决定，没有可推的就不发
  - id: coffee-machine-beans
    name: 买咖啡机推荐咖啡豆
    status: draft
    owner: ecommerce
    purpose: marketing
    when:
      event: {name: order.paid, after: 7d, at: "11:00"}
    unless: [order.cancelled, order.refunded]
    if:
      order.skus: {includes: SKU-MACHINE}
    do:
      - recommend: {strategy: pairs_with, based_on: order.skus, exclude: [already_bought, out_of_stock], limit: 2, if_empty: stop, save_as: picks}
      - send:
          try:
            - wechat: {template: wx_pairs_with}
            - push: {template: push_pairs_with}
          fill: {bought: order.items.first.name, items: picks}
    limits:
      once_per: order

  # 奶粉买了二十五天：快喝完了。期间又买过奶粉的不提醒，买别的不算
  - id: milk-refill-25d
    name: 奶粉补货
    status: draft
    owner: ecommerce
    purpose: marketing
    when:
      event: {name: order.paid, after: 25d, at: "10:00"}
    unless:
      - {event: order.paid, where: {category: milk}}
      - order.refunded
    if:
      order.categories: {includes: milk}
    do:
      - send:
          try:
            - push: {template: push_refill}
            - wechat: {template: wx_refill}
          fill: {item: order.items.first.name}
    limits:
      once_per: order

"""#),
        File(path: "cookbook/growth.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rules.v1.schema.json
version: 1

# 食谱：增长（growth）。
# status 都是 draft：会检查，不会加载。要用哪一条：status 先改 shadow 看几天，再改 live，
# 改完跑 nudged check 和 nudged test。

rules:

  # 60 天没下单的唤醒实验：10% 什么都不发作对照，其余一半发券、一半讲品牌故事，看 14 天内谁回来下单
  - id: winback-60d
    name: 60 天沉睡唤醒(AB 测试)
    status: draft
    owner: growth
    purpose: marketing
    when:
      inactive: {for: 60d, at: "10:00"}
    if:
      member.lifetime_orders: {between: [2, 20]} # 只买过一次的和大客户另有规则
    existing_members: skip                       # 上线那天已经超过 60 天的老会员不算
    experiment:
      key: winback-2026q1                        # 改了 key，所有会员重新分组
      holdout: 10%
      variants:
        coupon:
          share: 50%
          do:
            - give_coupon: {template: WINBACK-20, valid_until: {days_after_send: 10}, save_as: gift}
            - send:
                try:
                  - sms: {template: sms_winback_coupon}
                  - wechat: {template: wx_winback_coupon}
                fill: {name: member.display_name, code: gift.code}
        story:
          share: 50%
          do:
            - send:
                try:
                  - wechat: {template: wx_winback_story}
                fill: {name: member.display_name}
      measure: {event: order.paid, within: 14d}
    limits:
      once_per: inactivity

  # 沉睡会员：每月 15 日看一次，但每位两个月最多收到一条
  - id: sleeping-bimonthly
    name: 沉睡会员两月一问
    status: draft
    owner: growth
    purpose: marketing
    when:
      schedule: {every: month, on: 15, at: "10:00"}
    audience:
      in: [sleeping]
      not_in: [staff]
    do:
      - send:
          try:
            - wechat: {template: wx_sleeping}
            - sms: {template: sms_sleeping}
          fill: {name: member.display_name}
          per_minute: 300
    limits:
      at_most: {times: 1, in: 60d}   # settings 的频次上限管所有规则合计，这里管这一条

  # 每月 20 日从忠实会员里抽 20 位送惊喜礼。同一次抽签重跑结果不变，没抽中的什么也不知道
  - id: surprise-draw-20
    name: 忠实会员惊喜抽签
    status: draft
    owner: growth
    purpose: marketing
    when:
      schedule: {every: month, on: 20, at: "15:00"}
    audience:
      in: [loyal]
      not_in: [staff]
      pick: {random: 20}
    do:
      - give_coupon: {template: SURPRISE-88, valid_until: {days_after_send: 30}, save_as: gift}
      - send:
          try:
            - wechat: {template: wx_surprise}
            - sms: {template: sms_surprise}
          fill: {name: member.display_name, code: gift.code, valid_until: gift.valid_until}
    limits:
      at_most: {times: 1, in: 90d}   # 抽中过的，九十天内再中也不发

"""#),
        File(path: "cookbook/loyalty.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rules.v1.schema.json
version: 1

# 食谱：会员权益（loyalty）。
# status 都是 draft：会检查，不会加载。要用哪一条：status 先改 shadow 看几天，再改 live，
# 改完跑 nudged check 和 nudged test。

rules:

  # 核心会员（买得近、买得勤、买得多）每月 1 日的专属券
  - id: core-monthly-perk
    name: 核心会员月度礼遇
    status: draft
    owner: loyalty
    purpose: marketing
    when:
      schedule: {every: month, on: 1, at: "10:00"}
    if:
      member.rfm.segment: core       # 分数线在 settings 的 rfm，不写就用默认值
    do:
      - give_coupon: {template: CORE-60OFF, valid_until: {days_after_send: 27}, save_as: perk}   # 二月也不会跨月
      - send:
          try:
            - wechat: {template: wx_core_perk}
            - sms: {template: sms_core_perk}
          fill: {name: member.display_name, code: perk.code, valid_until: perk.valid_until}
          per_minute: 300
    limits:
      once_per: schedule

  # 升级道贺，等级不同说法不同。会员系统在等级变化时送来 member.tier_changed，data 里写 from 和 to
  - id: tier-upgrade
    name: 等级升级祝贺
    status: draft
    owner: loyalty
    purpose: service                 # 权益变更通知
    when:
      event:
        name: member.tier_changed
        where:
          to: [gold, platinum]
          from: {none_of: [platinum]}            # 白金降到金卡不道贺
        after: 10m
    if:
      member.tier: [gold, platinum]  # 十分钟后再看一眼，改错又改回去的不发
    do:
      - choose:
          - if:
              member.tier: platinum
            do:
              - adjust_points: {add: 2000, expires_in: 365d}
              - send:
                  try:
                    - wechat: {template: wx_tier_platinum}
                    - sms: {template: sms_tier_upgrade}
                  fill: {name: member.display_name}
        otherwise:
          - adjust_points: {add: 500, expires_in: 365d}
          - send:
              try:
                - wechat: {template: wx_tier_gold}
                - sms: {template: sms_tier_upgrade}
              fill: {name: member.display_name}
    limits:
      at_most: {times: 1, in: 30d}   # 等级来回跳，一个月只贺一次、只送一次分

  # 入会周年：送 365 积分。of: membership 从入会那天算，第一年当天不算
  - id: membership-anniversary
    name: 入会周年
    status: draft
    owner: loyalty
    purpose: service                 # 积分到账通知
    when:
      anniversary: {of: membership, at: "10:00"}
    if:
      member.lifetime_orders: {at_least: 1}      # 从没买过的不送
    do:
      - adjust_points: {add: 365, expires_in: 365d}
      - send:
          try:
            - wechat: {template: wx_membership_anniversary}
            - sms: {template: sms_membership_anniversary}
          fill: {name: member.display_name, since: member.registered_at}
    limits:
      once_per: anniversary

  # 生日当天消费，积分再送一倍：按金额，角分不算
  - id: birthday-double-points
    name: 生日双倍积分
    status: draft
    owner: loyalty
    purpose: service                 # 积分到账通知
    when:
      event: {name: order.paid}
    if:
      member.is_birthday: true       # 农历、2 月 29 日都按会员登记和 settings 的 birthdays 算
    do:
      - adjust_points: {add: {of: order.total, times: 1}, expires_in: 365d}
      - send:
          try:
            - wechat: {template: wx_birthday_points}
          fill: {name: member.display_name}
    limits:
      once_per: order

  # 每季度首月 5 日的感恩券，券码提前导入；剩下不到 100 张就谁也不发，免得一半人有一半人没有
  - id: quarter-thanks
    name: 季度感恩券
    status: draft
    owner: loyalty
    purpose: marketing
    when:
      schedule: {every: quarter, on: 5, at: "10:00"}
    if:
      member.lifetime_orders: {at_least: 2}
      coupon_stock: {template: QUARTER-30, at_least: 100}
    do:
      - give_coupon: {template: QUARTER-30, save_as: gift}
      - send:
          try:
            - wechat: {template: wx_quarter_thanks}
          fill: {name: member.display_name, code: gift.code}
    limits:
      once_per: schedule

"""#),
        File(path: "cookbook/store-ops.yaml", text: #"""
# yaml-language-server: $schema=../../.nudged/rules.v1.schema.json
version: 1

# 食谱：门店（store-ops）。多数不发消息，而是派任务给人、给会员打标签。
# status 都是 draft：会检查，不会加载。要用哪一条：status 先改 shadow 看几天，再改 live，
# 改完跑 nudged check 和 nudged test。任务用 nudged tasks 查看和关闭。

rules:

  # 投诉一进来马上派人打电话，一小时内
  - id: complaint-call-1h
    name: 投诉一小时内回电
    status: draft
    owner: store-ops
    purpose: service
    priority: 100                    # 同一刻的事里它最先
    when:
      event: {name: complaint.opened}
    do:
      - create_task:
          assign_to: member.advisor              # 先派专属导购
          or_else: store_manager                 # 没有导购派店长
          title: 一小时内给投诉会员回电
          script: task_complaint_call
          fill: {name: member.display_name}
          due_in: 1h
    limits:
      at_most: {times: 1, in: 4h}    # 一件事投诉几遍，只派一个任务
    if_late: {send_within: forever}  # 停机再久，恢复后也要补派

  # 厨电买了半年：提醒除垢保养。退货的不提醒
  - id: care-reminder-180d
    name: 厨电半年保养提醒
    status: draft
    owner: store-ops
    purpose: service
    when:
      event: {name: order.paid, after: 180d, at: "10:30"}
    unless: [order.cancelled, order.refunded]
    if:
      order.categories: {includes: kitchen}
      order.total: {at_least: 500}   # 小件不需要保养
    do:
      - send:
          try:
            - wechat: {template: wx_care_reminder}
            - sms: {template: sms_care_reminder}
          fill: {name: member.display_name, item: order.items.first.name, bought: order.paid_at}
    limits:
      once_per: order
    if_late: {send_within: 3d}       # 半年的事，晚三天也不算晚

  # 半年到店六次以上、最近两个月最多一次：来得少了，派导购问一声。每月 5 日看一次
  - id: visits-dropped
    name: 到店变少
    status: draft
    owner: store-ops
    purpose: service
    when:
      schedule: {every: month, on: 5, at: "10:00"}
    if:
      history:
        - {event: store.visited, times: {at_least: 6}, within_last: 180d}
        - {event: store.visited, times: {at_most: 1}, within_last: 60d}
    do:
      - create_task:
          assign_to: member.advisor
          or_else: store_manager
          title: 关心近期少来的会员
          script: task_visits_dropped
          fill: {name: member.display_name}
          due_in: 5d
    limits:
      at_most: {times: 1, in: 90d}   # 一个季度最多问一次

  # 平时一单四百以上，这一单不到一百五：打上“客单下滑”的标签，供分群和导购参考，不打扰会员
  - id: basket-shrank
    name: 客单价下滑打标签
    status: draft
    owner: store-ops
    purpose: service
    when:
      event: {name: order.paid, after: 1d}
    unless: [order.cancelled, order.refunded]
    if:
      member.lifetime_orders: {at_least: 4}      # 单数太少看不出趋势
      member.average_order_value: {at_least: 400}
      order.total: {less_than: 150}
      member.tags: {excludes: basket-shrank}
    do:
      - add_tag: basket-shrank
    limits:
      once_per: order

  # 之后又有一单满四百：摘掉标签
  - id: basket-recovered
    name: 客单价恢复摘标签
    status: draft
    owner: store-ops
    purpose: service
    when:
      event:
        name: order.paid
        where: {total: {at_least: 400}}
        after: 1d
    unless: [order.cancelled, order.refunded]
    if:
      member.tags: {includes: basket-shrank}
    do:
      - remove_tag: basket-shrank
    limits:
      once_per: order

  # 千元以上的退款：一小时后派任务，问清原因
  - id: big-refund-call
    name: 大额退款回访
    status: draft
    owner: store-ops
    purpose: service
    when:
      event: {name: order.refunded, after: 1h}
    if:
      order.total: {at_least: 1000}
    do:
      - create_task:
          assign_to: member.advisor
          or_else: store_manager
          title: 回访大额退款
          script: task_big_refund
          fill: {name: member.display_name}
          due_in: 1d
    limits:
      once_per: order

  # 这一单不到自己平时的一半：第二天派给客服主管问一声。和自己的均价比，不用给每类会员定一个数
  - id: basket-half-call
    name: 客单减半回访
    status: draft
    owner: store-ops
    purpose: service
    when:
      event: {name: order.paid, after: 1d}
    unless: [order.cancelled, order.refunded]
    if:
      member.lifetime_orders: {at_least: 4}
      order.total: {less_than: {field: member.average_order_value, times: 0.5}}
    do:
      - create_task:
          assignee: 客服主管                     # 角色或姓名，不看会员是谁的
          title: 客单减半回访
          script: task_visits_dropped
          fill: {name: member.display_name}
          due_in: 2d
    limits:
      at_most: {times: 1, in: 90d}

  # 每个工作日上午列一遍七天内没结的投诉。放假和调休写在 settings 的 holidays、workdays
  - id: open-complaints-workday
    name: 未结投诉清单
    status: draft
    owner: store-ops
    purpose: service
    when:
      schedule: {every: workday, at: "09:00"}
    if:
      history:
        - {event: complaint.opened, times: {at_least: 1}, within_last: 7d}
        - {event: complaint.resolved, times: 0, within_last: 7d}
    do:
      - create_task:
          assignee: 客服主管
          title: 未结投诉跟进
          script: task_complaint_call
          fill: {name: member.display_name}
          due_in: 8h

"""#),
    ]
}
