import Config
@testable import Kit
import Foundation
import Testing

@testable import Rules

/// An independent validator: check-jsonschema of PyPI, which reads YAML by a reader of its own, too.
struct SchemaJudge {
    /// A document, as the types that an editor gives it or as the bytes of a file.
    struct Case {
        enum Document {
            case json(JSONText)
            case yaml([UInt8])
        }
        var kind: SchemaKind
        var document: Document

        init(kind: SchemaKind, instance: JSONText) { (self.kind, document) = (kind, .json(instance)) }
        init(kind: SchemaKind, yaml: [UInt8]) { (self.kind, document) = (kind, .yaml(yaml)) }
    }

    private struct Report: Decodable {
        struct Entry: Decodable {
            var filename: String
            var path: String?
            var message: String
        }
        var errors: [Entry]
        // Under this name where there is any.
        var parse_errors: [Entry]?
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    var shop: Shop?

    /// The places of all errors of each case. Nil, and a line that says why, where there is no validator.
    func errors(of cases: [Case]) throws -> [[String]]? {
        guard let program = SchemaJudge.program else {
            print("skipped: there is no check-jsonschema; `make test` installs it where pip has a network")
            return nil
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var errors = Array(repeating: [String](), count: cases.count)
        for kind in SchemaKind.allCases {
            let numbers = cases.indices.filter { cases[$0].kind == kind }
            if numbers.isEmpty { continue }
            let schema = folder.appending(path: kind.fileName)
            try Data(kind.text(for: shop).utf8).write(to: schema)
            let files = try numbers.map { try write(cases[$0], $0, folder) }
            for error in try run(program, schema, files) {
                let name = URL(filePath: error.filename).deletingPathExtension().lastPathComponent
                guard let number = Int(name), let path = error.path else {
                    throw Failure(description: "\(error.filename): \(error.message)")
                }
                errors[number].append(SchemaJudge.place(path))
            }
        }
        return errors
    }

    /// The one that `make test` has put there, else that of the machine.
    private static let program: String? = {
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = [root.appending(path: ".build/python/bin").path] + search.split(separator: ":").map(String.init)
        return folders.map { $0 + "/check-jsonschema" }.first(where: FileManager.default.isExecutableFile)
    }()

    private func write(_ one: Case, _ number: Int, _ folder: URL) throws -> String {
        let (ending, bytes): (String, [UInt8]) =
            switch one.document {
            case .json(let instance): ("json", Array(instance.rendered.utf8))
            case .yaml(let bytes): ("yaml", bytes)
            }
        let file = folder.appending(path: "\(number).\(ending)")
        try Data(bytes).write(to: file)
        return file.path
    }

    private func run(_ program: String, _ schema: URL, _ files: [String]) throws -> [Report.Entry] {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--output-format", "json", "--schemafile", schema.path] + files
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // Whatever is no report says why: a schema that is none, first of all.
        guard let report = try? JSONDecoder().decode(Report.self, from: said) else {
            throw Failure(description: String(decoding: said, as: UTF8.self))
        }
        return report.errors + (report.parse_errors ?? [])
    }

    /// `$.rules[0].if['member.tier']` is `rules/0/if/member.tier`.
    private static func place(_ path: String) -> String {
        path.dropFirst().replacing("['", with: ".\u{1}").replacing("']", with: "\u{1}").replacing("[", with: ".")
            .replacing("]", with: "").split(separator: "\u{1}", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset % 2 == 0 ? String($0.element).replacing(".", with: "/") : String($0.element) }.joined()
            .trimmingPrefix("/").description
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
          hook: {type: webhook, url: "https://crm.example.com/in", secret: {env: HOOK_SECRET}, timeout: {total: 10s}}
          abroad: {type: twilio, account_sid: AC0123, auth_token: {env: TWILIO_TOKEN}, from: "+15005550006"}
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
