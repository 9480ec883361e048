// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/snippets/. Change those files, then run `make rules`.

extension Snippet {
    static let segments: [Snippet] = [
        Snippet(
            label: #"segment"#,
            description: #"人群：一个起了名字的条件"#,
            body: #"""
id: ${1:big-spenders}
name: ${2:高消费会员}
if:
  member.spend_365d: {at_least: 5000}
"""#),
    ]
}
