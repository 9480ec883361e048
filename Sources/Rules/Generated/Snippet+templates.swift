// swift-format-ignore-file
// Written by Tests/Tools/embed_pages.py from docs/snippets/. Change those files, then run `make rules`.

extension Snippet {
    static let templates: [Snippet] = [
        Snippet(
            label: #"marketing SMS"#,
            description: #"营销短信：签名、默认称呼、退订提示"#,
            body: #"""
id: ${1:sms_hello}
channel: sms
text: "【${2:店名}】{{ name | default: '您好' }}，${3:正文}。拒收请回复R"
values:
  name:
    type: text
    max: 10
"""#),
        Snippet(
            label: #"WeChat message"#,
            description: #"微信消息"#,
            body: #"""
id: ${1:wx_hello}
channel: wechat
text: "{{ name | default: '您好' }}，${2:正文}"
values:
  name: text
"""#),
    ]
}
