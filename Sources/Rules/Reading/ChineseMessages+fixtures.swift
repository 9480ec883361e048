/// What is said of fixture files, in Chinese.
extension ChineseMessages {
    static let fixtures: [String: String] = [
        "`_` is twice among the {words} of `_`": "`{3}` 的{2}里有两个 `{1}`",
        "keep one of the two, or give the other its own id": "请只保留其中一个,或给另一个自己的编号",
        "first in {code}": "第一次在 {1}",
        "no fixture describes the store `_`": "测试数据里没有门店 `{1}`", "add it under `_`": "请加进 `{1}`",
        "write one id a line, with a colon after it": "每行写一个编号,后面加冒号", "an id cannot be empty": "编号不能为空",
        "`_` as a block and `_` exclude each other": "写成块的 `{1}` 和 `{2}` 只能写一个", "the block is here": "块在这里",
        "say it inside the block:  {code}": "请写在块里:  {1}",
        "fields.yaml lists the custom fields": "自定义字段写在 fields.yaml 里",
        "this is not a mobile number": "这不是手机号",
        "write eleven digits such as 13800000001, or + and the country code": "请写 11 位数字,例如 13800000001,或 + 加国家代码",
        "this is not an email address": "这不是邮箱地址",
        "write  {code},  or with an offset  {code}": "请写  {1},  或带时差  {2}",
        "write a name such as  {code}  or  {code}": "请写时区名,例如  {1}  或  {2}",
        "write  {code},  or without the year  {code}": "请写  {1},  不写年份则写  {2}",
        "only lunar dates have a leap month": "只有农历日期才有闰月",
        "`_` does not exist in the lunar calendar": "农历没有 `{1}` 这一天",
        "`_` does not exist in the solar calendar": "公历没有 `{1}` 这一天",
        "12 months, and at most 30 days": "12 个月,每月最多 30 天", "no such day": "没有这一天",
        "the lunar year _ is outside the table": "农历 {1} 年超出历表范围",
        "lunar years from _ to _ are known; without a year any month and day will do": "历表有农历 {1} 到 {2} 年;不写年份则任何月日都可以",
        "the lunar year _ has no leap month _": "农历 {1} 年没有闰 {2} 月", "its leap month is _": "那一年闰 {1} 月",
        "it has no leap month": "那一年没有闰月",
    ]
}
