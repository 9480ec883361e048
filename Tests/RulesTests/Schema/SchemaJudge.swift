import Foundation

@testable import Rules

/// An independent validator: the Python package jsonschema, through Tests/Tools/validate_schema.py.
struct SchemaJudge {
    struct Case {
        var kind: SchemaKind
        var instance: JSONText
    }

    private struct Results: Decodable {
        var schemas: [String: String?]
        var cases: [[String]]
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    var shop: Shop?

    /// The places of all errors of each case. Nil, and a line that says why, where there is no validator.
    func errors(of cases: [Case]) throws -> [[String]]? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let kinds = SchemaKind.allCases.filter { kind in cases.contains { $0.kind == kind } }
        let schemas = kinds.map { "\(JSONText.text($0.rawValue).rendered):\($0.text(for: shop))" }
        let lines = cases.map {
            JSONText.object(["schema": .text($0.kind.rawValue), "instance": $0.instance]).rendered
        }
        let work = "{\"schemas\":{\(schemas.joined(separator: ","))},\"cases\":[\(lines.joined(separator: ","))]}"
        let (input, output) = (folder.appending(path: "cases.json"), folder.appending(path: "results.json"))
        try Data(work.utf8).write(to: input)
        guard try run(input.path, output.path) else { return nil }
        let results = try JSONDecoder().decode(Results.self, from: Data(contentsOf: output))
        for (name, flaw) in results.schemas {
            if let flaw { throw Failure(description: "the schema \(name) is no JSON Schema: \(flaw)") }
        }
        return results.cases
    }

    private func run(_ input: String, _ output: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", SchemaJudge.root.appending(path: "Tests/Tools/validate_schema.py").path, input, output,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return true
        case 3, 127:
            print("skipped, no independent JSON Schema validator: \(said)")
            return false
        default: throw Failure(description: said)
        }
    }
}

/// The files that the repository ships, with the schema that each is written by.
enum ShippedFiles {
    static let config = """
        # yaml-language-server: $schema=.nudged/nudged.v1.schema.json
        version: 1
        store: {url: "sqlite:/var/lib/nudged/nudged.db", durability: full}
        rules_dir: /etc/nudged/rules
        http: {listen: "127.0.0.1:8080", sources: [{id: shop, write_key: {env: SHOP_KEY}}]}
        channels:
          sms:
            type: kannel
            url: "http://127.0.0.1:13013/cgi-bin/sendsms"
            username: nudged
            password: {credential: kannel}
            limits: {rate: 100/s}
          wechat: {type: log}
          store_phone: {type: log, address: phone, path: phone.ndjson}
        log: {level: info, format: json}
        limits: {max_inflight: 200}

        """
    static let fields = """
        # yaml-language-server: $schema=../.nudged/fields.v1.schema.json
        version: 1
        fields:
          - {id: member.attr.shoe, type: number, description: 鞋码, can_be_missing: true}
          - {id: member.visits_90d, type: number, description: 到店次数, sql: {sqlite: "0", postgresql: "0"}}

        """

    static func read() throws -> [(kind: SchemaKind, file: YAMLFile)] {
        let folder = SchemaJudge.root.appending(path: "rules")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let file = YAMLReader.read(bytes: bytes, path: "rules/\(name)")
            guard let root = file.root, let kind = SchemaKind(rawValue: FileKind(of: root).schema) else {
                throw SchemaJudge.Failure(description: "\(name) has no kind")
            }
            return (kind, file)
        } + [
            (.config, YAMLReader.read(bytes: Array(config.utf8), path: "nudged.yaml")),
            (.fields, YAMLReader.read(bytes: Array(fields.utf8), path: "rules/fields.yaml")),
        ]
    }
}
