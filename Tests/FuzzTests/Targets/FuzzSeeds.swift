import Config
@testable import Kit
@testable import Intake
import Foundation
@testable import Rules

/// What mutations start from, and the words that they put in: taken from the shipped rules, the code pages and the
/// declarations, so that they follow the language.
enum FuzzSeeds {
    /// `root` is that of the repository.
    static func inputs(_ target: FuzzTarget, root: URL) throws -> [[UInt8]] {
        switch target {
        case .files:
            return try shipped(root) + FindingPages.all.flatMap { [$0.wrong, $0.right] }.map(example)
                + Snippet.rules.map { Array(("version: 1\nrules:\n  - " + indented($0.text, 4)).utf8) } + [config]
        case .templates:
            let texts = try shipped(root).flatMap { bytes in
                let list = YAMLReader.read(bytes: bytes, path: "seed").root?["templates"]?.items ?? []
                return list.compactMap { $0["text"]?.text }
            }
            return (texts + templates).map { Array($0.utf8) }
        case .texts: return texts.map { Array($0.utf8) }
        case .imports: return imports
        }
    }

    /// Every key, every closed value and every field of the language, and the marks of YAML and of its misuse.
    static let words: [String] = {
        var words = Set(marks + FindingPages.all.map(\.code) + FieldCatalogue.all.map(\.name) + texts)
        for kind in SchemaKind.allCases {
            if let schema = try? StrictJSON(parsing: kind.text()) { collect(schema, &words) }
        }
        return words.sorted()
    }()

    private static func collect(_ json: StrictJSON, _ words: inout Set<String>) {
        switch json {
        case .object(let members):
            for member in members {
                if member.key == "properties", case .object(let keys) = member.value {
                    words.formUnion(keys.map { $0.key + ":" })
                }
                if member.key == "enum", case .array(let values) = member.value {
                    words.formUnion(values.compactMap(\.scalarText))
                }
                collect(member.value, &words)
            }
        case .array(let items): for item in items { collect(item, &words) }
        default: return
        }
    }

    private static func shipped(_ root: URL) throws -> [[UInt8]] {
        let folder = root.appending(path: "rules")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
            [UInt8](try Data(contentsOf: folder.appending(path: name)))
        }
    }

    /// An example of a code page in the file that it is of.
    private static func example(_ example: FindingPage.Example) -> [UInt8] {
        switch example.place {
        case .rule:
            let head = "version: 1\nrules:\n  - id: r\n    status: live\n    owner: o\n    purpose: marketing\n    "
            return Array((head + indented(example.text, 4)).utf8)
        case .test:
            let head = "version: 1\nrules: [r.yaml]\ntests:\n  - name: t\n    run_until: \"2026-03-11\"\n    "
            return Array((head + indented(example.text, 4)).utf8)
        case .file, .gbk, .secondFile: return Array(("version: 1\n" + example.text + "\n").utf8)
        case .wholeFile: return Array(example.text.utf8)
        }
    }

    private static func indented(_ text: String, _ columns: Int) -> String {
        text.replacing("\n", with: "\n" + String(repeating: " ", count: columns)) + "\n"
    }

    private static let config = Array(
        """
        version: 1
        store: {url: "sqlite:/var/lib/nudged/nudged.db", durability: full}
        http: {listen: "127.0.0.1:8080", sources: [{id: shop, write_key: {env: SHOP_KEY}}]}
        channels:
          sms: {type: kannel, url: "http://127.0.0.1:13013/x", username: n, password: {credential: k}, limits: {rate: 9/s}}
          store_phone: {type: log, address: phone, path: phone.ndjson}

        """.utf8)

    private static let marks = [
        ": ", "- ", "\n", "\n  ", "\n    - ", "[", "]", "{", "}", ", ", "\"", "'", "#", "# nudged: allow R211 reason",
        "&a", "*a", "<<: *a", "!!int", "|", ">-", "? ", "---", "...", "%YAML 1.1", "\t", "\r\n", "\u{FEFF}",
        "\u{3000}", "\u{A0}", "\u{2028}", "：", "，", "“", "”", "【", "～", "😀", "👨‍👩‍👧‍👦", "e\u{301}", "\u{202E}", "null",
        "~", "true", "no", "{{ name }}", "{{ total | divided_by: 100 }}", "{% for x in items %}", "{% endfor %}",
        "{% if flag %}", "{% endif %}", "| default: '您好'", "| date: '%Y-%m-%d'", "$schema=",
        String(repeating: "[", count: 40), String(repeating: "- ", count: 40),
    ]

    private static let texts = [
        "0", "-0", "010", "1e3", "0x1F", ".inf", "-1", "1.005", "9223372036854775807", "9223372036854775808",
        "99999999999999999999", "1000000", "100%", "0.01%", "1m", "24h", "90d", "100000w", "1d12h", "09:30", "23:59",
        "24:00", "9:5", "2026-02-29", "2024-02-29", "0001-01-01", "9999-12-31", "1900-01-01", "2101-01-28",
        "2026-03-07 09:30", "2026-03-07T09:30:00+08:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
        "2026-12-31 23:59:59.999999999", "--02-29", "2月29日", "2026年3月8日 14:30", "46089.6042", "06-30", "12-30",
        "Asia/Shanghai", "America/St_Johns", "Pacific/Apia", "Etc/GMT+12", "UTC", "GMT+8", "../../etc/passwd",
        "+86 138-0000-0001", "008613800000001", "１３８００００００01", "+85251234567", "¥1,299.00", "99元", "1.38E+10",
    ]

    private static let templates = [
        "{{ name | default: '您好' }} {{ count | plus: 1 | times: 3 }} {{ total | divided_by: 100 }}",
        "{% for i in items limit: 3 %}{{ i.name | truncate: 5 }}{% unless forloop.last %},{% endunless %}{% endfor %}",
        "{% if count >= 2 and flag %}a{% elsif any contains 'x' %}b{% else %}{{ day | date: '%Y年%-m月%-d日' }}{% endif %}",
        "{{ at | date: '%H:%M' }}{% comment %}x{% endcomment %}{% raw %}{{ x }}{% endraw %}{{ items.first.price }}",
        "{% assign x = count | minus: 3 %}{{ x }}{% case count %}{% when 1 %}a{% else %}b{% endcase %}",
    ]

    /// Every kind in its columns, as CSV and as NDJSON; the two bytes before choose kind and encoding.
    private static let imports: [[UInt8]] = ImportKind.allCases.enumerated().flatMap { index, kind -> [[UInt8]] in
        let names = kind.columns.map(\.rawValue)
        let cells = names.map { name in
            switch name {
            case let name where name.hasSuffix("_at") || name == "at": "2026-03-08 14:30"
            case "birthday", "date": "1990-03-10"
            case "total", "price", "face_value": "\"1,299.50\""
            case "items": "\"[{\"\"sku\"\":\"\"K1\"\",\"\"quantity\"\":2}]\""
            default: "1"
            }
        }
        let csv = names.joined(separator: ",") + "\r\n" + cells.joined(separator: ",") + "\r\n"
        let line = "{" + names.map { "\"\($0)\":\"1\"" }.joined(separator: ",") + ",\"attr.x\":[1,{\"a\":null}]}\n"
        return [csv, line].map { [UInt8(index), 0] + Array($0.utf8) }
    }
}
