// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/snippets/. Change those files, then run `make rules`.

extension Snippet {
    static let coupons: [Snippet] = [
        Snippet(
            label: #"coupon template"#,
            description: #"券模板：面额、有效天数"#,
            body: #"""
id: ${1:WELCOME-20}
name: ${2:新客券}
face_value: 20
valid_days: 30
codes: generated
"""#),
    ]
}
