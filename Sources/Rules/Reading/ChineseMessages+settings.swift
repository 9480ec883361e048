/// What is said of the settings, the fields, and of nudged.yaml, in Chinese.
extension ChineseMessages {
    static let settings: [String: String] = [
        "add  {code}  or  {code}": "请加上  {1}  或  {2}",
        "active is shorter than cooling, and cooling shorter than sleeping": "active 要短于 cooling,cooling 要短于 sleeping",
        "to switch them off, say  {code}": "要关闭,请写  {1}",
        "the `_` of a channel is one word": "渠道的 `{1}` 是一个词",
        "this version has no adapter `_`": "这个版本没有 `{1}` 这种渠道", "it has `_` and `_`": "可用的有 `{1}` 和 `{2}`",
        "`_` sends to phones, and `_` has the address {code}": "`{1}` 发往手机号,而 `{2}` 的地址是 {3}",
        "add  {code}  (or {list})": "请加上  {1}(或 {2})", "only {list} carry it by name": "只有 {1} 凭名称就有地址",
        "channel `_` always has the address {code}": "渠道 `{1}` 的地址固定是 {2}",
        "leave `_` out, or give the channel a name of its own": "请不要写 `{1}`,或给渠道另取名称",
        "`_` is not a rate": "`{1}` 不是速率", "write a number and s, min or h:  {code}": "请写数字加 s、min 或 h:  {1}",
        "for no limit at all, write:  {code}": "完全不限速请写:  {1}",
        "this is not a web address": "这不是网址", "it starts with http:// or https://": "应以 http:// 或 https:// 开头",
        "name the user and the password under their own keys": "用户名和密码请写在各自的键里",
        "this does not name a store": "这不是数据库地址",
        "leave the password out of the url and put it into ~/.pgpass": "请从 url 里删去密码,写进 ~/.pgpass",
        "`_` is not an address and a port": "`{1}` 不是地址加端口",
        "a secret is written out under `_`": "`{1}` 里直接写出了密钥",
        "say where it is:  {code},  {code}  or  {code}": "请写明它在哪里:  {1}、  {2}  或  {3}",
        "this does not name a secret": "这里没有指明密钥在哪里",
        "a variable has letters, digits and `_`": "环境变量名只有字母、数字和 `{1}`",
        "a credential is a name without `_`": "credential 的名称里不能有 `{1}`", "the path must be absolute": "必须是绝对路径",
    ]
}
