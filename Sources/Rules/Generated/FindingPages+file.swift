// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/findings/. Change those files, then run `make rules`.

extension FindingPages {
    static let file: [FindingPage] = [
        FindingPage(
            "R001",
            .init(#"the file is not UTF-8"#, #"文件不是 UTF-8 编码"#),
            .init(#"Older Windows editors save Chinese as GBK. nudged reads UTF-8 only, because a guess could change texts that members read."#, #"旧的 Windows 编辑器会把中文存成 GBK。nudged 只读 UTF-8，因为猜错编码会改掉发给会员的文字。"#),
            remedy: .init(#"run `nudged fmt --from gbk FILE`, or save the file again with encoding UTF-8."#, #"运行 `nudged fmt --from gbk 文件`，或在编辑器里另存为 UTF-8。"#),
            wrong: .init(place: .gbk("settings"), text: #"timezone: Asia/Shanghai   # 上海时间"#),
            right: .init(place: .file("settings"), text: #"timezone: Asia/Shanghai   # 上海时间"#)),
        FindingPage(
            "R002",
            .init(#"the first line names no schema"#, #"首行没有写明 schema"#),
            .init(#"Editors complete keys and mark slips only when the first line says by which schema."#, #"编辑器要靠首行的 schema 才能补全键名、标出写错的地方。"#),
            remedy: .init(#"put the line first (`nudged fmt --fix` does it), and write the schemas with `nudged schema`."#, #"在首行加上它（`nudged fmt --fix` 会自动加），schema 文件用 `nudged schema` 生成。"#),
            wrong: .init(place: .wholeFile("settings"), text: #"""
version: 1
timezone: Asia/Shanghai
"""#),
            right: .init(place: .wholeFile("settings"), text: #"""
# yaml-language-server: $schema=../.nudged/settings.v1.schema.json
version: 1
timezone: Asia/Shanghai
"""#)),
        FindingPage(
            "R010",
            .init(#"a full-width colon"#, #"全角冒号"#),
            .init(#"`：` from a Chinese keyboard looks like a colon and is none to YAML."#, #"中文输入法打出的 `：` 看着像冒号，YAML 却不认。"#),
            remedy: .init(#"write an ASCII colon and a space."#, #"改成英文冒号加一个空格。"#),
            wrong: .init(place: .rule, text: #"name：生日礼遇"#),
            right: .init(place: .rule, text: #"name: 生日礼遇"#)),
        FindingPage(
            "R011",
            .init(#"a tab as indentation"#, #"用制表符缩进"#),
            .init(#"YAML allows only spaces in front of a line."#, #"YAML 只允许用空格缩进。"#),
            remedy: .init(#"replace the tab by spaces; most editors can do that by themselves."#, #"把制表符换成空格，多数编辑器可以自动替换。"#),
            wrong: .init(place: .rule, text: #"""
limits:
	once_per: order
"""#),
            right: .init(place: .rule, text: #"""
limits:
  once_per: order
"""#)),
        FindingPage(
            "R012",
            .init(#"a line that fits no block"#, #"缩进对不上"#),
            .init(#"The column of a line says which block it belongs to; this one lies between two blocks. Quotes and brackets that are not closed also end here: what follows belongs to them."#, #"一行从第几列开始，决定它属于哪个块；这一行落在两个块之间。引号、括号没有配对也归到这里：后面的内容都算在里面。"#),
            remedy: .init(#"move the line so that it lines up with its neighbours; close what was opened."#, #"把这一行左右移动，与同级的行对齐；把没配对的引号或括号补上。"#),
            wrong: .init(place: .rule, text: #"""
when:
  birthday:
    days_before: 3
   at: "09:30"
"""#),
            right: .init(place: .rule, text: #"""
when:
  birthday:
    days_before: 3
    at: "09:30"
"""#)),
        FindingPage(
            "R013",
            .init(#"a key written twice"#, #"同一个键写了两次"#),
            .init(#"Of two equal keys other programs silently take one; nudged takes neither."#, #"键重复时，别的程序会悄悄取其中一个；nudged 不替您选。"#),
            remedy: .init(#"keep one of the two."#, #"只保留其中一个。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {at: "09:30", at: "10:00"}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {at: "09:30"}}"#)),
        FindingPage(
            "R014",
            .init(#"an anchor, an alias, a tag or a merge key"#, #"锚点、别名、标签或合并键"#),
            .init(#"These let one line stand for a block written elsewhere. A rule has to be readable where it stands."#, #"它们让一行代表写在别处的一整块。规则必须在原地就能读懂。"#),
            remedy: .init(#"write the block out; conditions used often belong into a segment."#, #"把内容原样写出来；常用的条件可以做成人群。"#),
            wrong: .init(place: .rule, text: #"if: &gold {member.tier: gold}"#),
            right: .init(place: .rule, text: #"if: {member.tier: gold}"#)),
        FindingPage(
            "R015",
            .init(#"an odd space as indentation"#, #"用特殊空格缩进"#),
            .init(#"The full-width space and the no-break space look like spaces and are letters to YAML."#, #"全角空格和不换行空格看着像空格，YAML 却当成文字。"#),
            remedy: .init(#"delete them and type ordinary spaces."#, #"删掉它们，改打普通空格。"#),
            wrong: .init(place: .rule, text: #"""
limits:
　　once_per: order
"""#),
            right: .init(place: .rule, text: #"""
limits:
  once_per: order
"""#)),
        FindingPage(
            "R016",
            .init(#"a dash without a space"#, #"短横线后没有空格"#),
            .init(#"`-send` is one word; `- send` is an item of a list."#, #"`-send` 是一个词，`- send` 才是列表的一项。"#),
            remedy: .init(#"put a space after the dash."#, #"在短横线后加一个空格。"#),
            wrong: .init(place: .rule, text: #"""
do:
  -add_tag: vip
"""#),
            right: .init(place: .rule, text: #"""
do:
  - add_tag: vip
"""#)),
        FindingPage(
            "R017",
            .init(#"a placeholder outside a template"#, #"占位符写在了规则里"#),
            .init(#"Without quotes `{{ name }}` is a block to YAML, and rules hold no message texts."#, #"不加引号的 `{{ name }}` 会被 YAML 读成块，而且规则里不放文案。"#),
            remedy: .init(#"put the text into templates.yaml and name the field under `fill`."#, #"把文案放进 templates.yaml，在规则的 `fill` 里写字段名。"#),
            wrong: .init(place: .rule, text: #"name: {{ name }}"#),
            right: .init(place: .rule, text: #"name: 生日礼遇"#)),
        FindingPage(
            "R018",
            .init(#"a colon without a space, or broken YAML"#, #"冒号后没有空格，或 YAML 写坏了"#),
            .init(#"Without a space after it a colon belongs to the word; a line has one colon, and a text with another stands in quotes."#, #"冒号后没有空格时，它只是文字的一部分；一行只有一个冒号，文字里还有冒号时要加引号。"#),
            remedy: .init(#"put a space after the colon; put quotes around the text."#, #"在冒号后加空格；给文字加上引号。"#),
            wrong: .init(place: .rule, text: #"name:birthday"#),
            right: .init(place: .rule, text: #"name: birthday"#)),
        FindingPage(
            "R019",
            .init(#"the file is beyond a limit"#, #"超出文件限制"#),
            .init(#"A file holds one document, at most 256 KiB, 32 levels and 50,000 values, and no NUL."#, #"一个文件只能有一份文档，最大 256 KiB，最多 32 层、5 万个值，不能有 NUL 字符。"#),
            remedy: .init(#"split the file; `---` between two parts is not needed."#, #"把文件拆开；不需要用 `---` 分隔。"#),
            wrong: .init(place: .file("settings"), text: #"""
clock: member
---
clock: shop
"""#),
            right: .init(place: .file("settings"), text: #"clock: member"#)),
        FindingPage(
            "R020",
            .init(#"the file is empty"#, #"文件是空的"#),
            .init(#"There is nothing in it, or nothing but comments."#, #"文件里什么都没有，或只有注释。"#),
            remedy: .init(#"remove the file, or write `version: 1` and what belongs in it."#, #"删掉它，或写上 `version: 1` 和内容。"#),
            wrong: .init(place: .secondFile("rules"), text: #"# 待写"#),
            right: .init(place: .file("settings"), text: #"clock: member"#)),
        FindingPage(
            "R021",
            .init(#"a comment that allows nothing"#, #"没有作用的放行注释"#),
            .init(#"`# nudged: allow CODE reason` silences a warning on its line or the next. Without a reason, without such a warning, or for an error it does nothing."#, #"`# nudged: allow 代码 理由` 只放行本行或下一行的警告。没写理由、没有这条警告、或针对的是错误时，都不起作用。"#),
            remedy: .init(#"say why, or remove the comment."#, #"写明理由，或删掉注释。"#),
            wrong: .init(place: .rule, text: #"name: 生日礼遇   # nudged: allow R113 编号就是这样"#),
            right: .init(place: .rule, text: #"name: 生日礼遇"#)),
        FindingPage(
            "R022",
            .init(#"a rule file that is not read"#, #"不会读取的规则文件"#),
            .init(#"A name such as promo.yaml.txt or promo.YAML only looks like that of a rule file; or a pipe, a device or a folder has the name of one. Nothing is read from it."#, #"promo.yaml.txt、promo.YAML 这样的名字只是像规则文件；或者管道、设备、文件夹用了规则文件的名字。都不会从中读取内容。"#),
            remedy: .init(#"give it another name, or put a file in its place."#, #"改个名字，或换成文件。"#),
            wrong: .init(place: .rule, text: #"when: {birthday: {}}"#),
            right: .init(place: .rule, text: #"when: {birthday: {}}"#),
            seen: .withStore),
    ]
}
