import Kit
import Rules

/// Reads a mapping file.
package enum MappingReader {
    /// Nil when there is any error. The YAML reader's own findings stay in `file.diagnostics`.
    package static func read(_ file: YAMLFile) -> (SourceMapping?, [Diagnostic]) {
        var findings = Findings()
        findings.isWhole = file.isWhole
        guard let root = file.root else {
            if !file.diagnostics.contains(where: { $0.severity == .error }) {
                findings.report("R102", "`messages` is missing in a mapping", at: .top(of: file.path))
            }
            return (nil, findings.all)
        }
        let mapping = BlockReader(root, MappingKeys.file, &findings).flatMap { MappingReader.mapping($0, &findings) }
        let isBroken = (findings.all + file.diagnostics).contains { $0.severity == .error }
        return (isBroken ? nil : mapping, findings.all)
    }

    private static func mapping(_ block: BlockReader, _ findings: inout Findings) -> SourceMapping? {
        _ = block.int("version", &findings)
        let proof = MappingReader.proof(block, &findings)
        let zone = block.read("zone", &findings) { findings, node -> Zone? in
            guard let name = findings.text(node) else { return nil }
            if let zone = Zone(named: name) { return zone }
            findings.report(
                "R104", "`\(name)` is not a time zone", at: node.span, help: ["write  zone: Asia/Shanghai"])
            return nil
        }
        let decodings = block.list("decode", &findings) { findings, node -> SourceMapping.Decoding? in
            guard let block = BlockReader(node, MappingKeys.decoding, &findings) else { return nil }
            let place = block.read("at", &findings) { $0.pointer($1) }
            let form = block.choice("as", as: SourceMapping.Form.self, &findings)
            guard let place, let form else { return nil }
            return SourceMapping.Decoding(place: place, form: form)
        }
        let varying = block.read("varies", &findings) { findings, node -> [JSONPointer]? in
            findings.each(node.items ?? [node]) { $0.pointer($1) }
        }
        let messages = block.list("messages", &findings) { findings, node -> SourceMapping.Message? in
            BlockReader(node, MappingKeys.message, &findings).flatMap { message($0, &findings) }
        }
        let skips = tests("skip", block, &findings)
        let answer = block.block("answer", &findings) { block, findings -> SourceMapping.Answer? in
            var answer = SourceMapping.Answer()
            if let body = block.text("body", &findings) { answer.body = body }
            if let type = block.text("type", &findings) { answer.type = type }
            return answer
        }
        let id = block.read("id", &findings) { $0.pointer($1) }
        let isForm = block.word("body", &findings) == "form"
        guard let proof, let messages else { return nil }
        var mapping = SourceMapping(proof: proof)
        mapping.isForm = isForm
        mapping.decodings = decodings ?? []
        (mapping.id, mapping.varying, mapping.zone) = (id, varying ?? [], zone)
        (mapping.skips, mapping.messages) = (skips, messages)
        mapping.answer = answer ?? SourceMapping.Answer()
        return mapping
    }

    // MARK: who

    private static func proof(_ block: BlockReader, _ findings: inout Findings) -> SourceProof? {
        guard let chosen = block.atMostOne(of: "signature", "token", findings: &findings) else {
            findings.report(
                "R102", "a mapping needs `signature` or `token`: without them anybody could send", at: block.start,
                help: ["add  token: {in: \"query:token\"}  where the source cannot sign"])
            return nil
        }
        if chosen.key == "token" {
            return block.block("token", &findings) { token, findings in
                token.read("in", &findings) { $0.place($1) }.map { .token(at: $0) }
            }
        }
        return block.block("signature", &findings) { signature($0, &$1) }.map { .signature($0) }
    }

    private static func signature(
        _ block: BlockReader, _ findings: inout Findings
    ) -> SourceProof.Signature? {
        let place = block.read("in", &findings) { $0.place($1) }
        let algorithm = block.choice("algorithm", as: SourceProof.Signature.Algorithm.self, &findings)
        let parts = block.list("of", &findings) { findings, node -> SourceProof.Signature.Part? in
            guard let text = findings.text(node) else { return nil }
            switch text {
            case "body": return .body
            case "secret": return .secret
            case _ where text.hasPrefix("text:"): return .text(String(text.dropFirst("text:".count)))
            default: return findings.place(node).map { .place($0) }
            }
        }
        let encoding = block.choice("encoding", as: SourceProof.Signature.Encoding.self, &findings)
        let prefix = block.text("prefix", &findings)
        guard let place, let algorithm, let parts else { return nil }
        if !algorithm.isKeyed, !parts.contains(.secret) {
            findings.report(
                "R104", "`\(algorithm.rawValue)` without `secret` in `of`: anybody could make this signature",
                at: block.span(of: "of"), help: ["write  of: [body, secret]  in the order of the source's manual"])
            return nil
        }
        if !parts.contains(.body) {
            findings.report(
                "R251", .warning, "`body` is not signed: whoever sees one message can send others",
                at: block.span(of: "of"))
        }
        return SourceProof.Signature(
            place: place, algorithm: algorithm, parts: parts, encoding: encoding ?? .hex, prefix: prefix ?? "")
    }

    // MARK: what

    private static func tests(
        _ key: String, _ block: BlockReader, _ findings: inout Findings
    ) -> [SourceMapping.Test] {
        block.read(key, &findings) { findings, node -> [SourceMapping.Test]? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "places and their texts", help: ["write  {/type: paid}"])
                return nil
            }
            return entries.compactMap { entry in
                findings.inside(entry.key) { findings in
                    let place = findings.pointer(entry.key, at: entry.keySpan)
                    let texts = findings.texts(entry.value, orOne: true)
                    guard let place, let texts else { return nil }
                    return SourceMapping.Test(place: place, texts: texts)
                }
            }
        } ?? []
    }

    private static func message(_ block: BlockReader, _ findings: inout Findings) -> SourceMapping.Message? {
        let tests = tests("when", block, &findings)
        let rows = block.list("rows", &findings) { findings, node -> SourceMapping.Row? in
            BlockReader(node, MappingKeys.row, &findings).flatMap { row($0, &findings) }
        }
        let isIgnored = block.bool("ignore", &findings) ?? false
        guard isIgnored != block.has("rows") else {
            findings.report(
                "R102", "a message says `rows`, or `ignore: true`", at: block.start,
                help: ["add  ignore: true  where it means nothing to us"])
            return nil
        }
        return SourceMapping.Message(tests: tests, rows: rows ?? [])
    }

    private static func row(_ block: BlockReader, _ findings: inout Findings) -> SourceMapping.Row? {
        guard let chosen = block.chosen, let kind = SourceMapping.Kind(rawValue: chosen.key),
            let columns = block.block(chosen.key, &findings)
        else { return nil }
        return findings.inside(chosen.key) { findings in
            var row = SourceMapping.Row(kind: kind)
            row.each = columns.read("each", &findings) { $0.reference($1) }
            row.columns = kind.columns.compactMap { column in
                columns.read(column.rawValue, &findings) { $0.mapped($1) }.map { (column, $0) }
            }
            row.items = columns.block("items", &findings) { items, findings -> SourceMapping.Items? in
                let each = items.read("each", &findings) { $0.reference($1) }
                let columns = MappingKeys.itemColumns.compactMap { column in
                    items.read(column.rawValue, &findings) { $0.mapped($1) }.map { (column, $0) }
                }
                return each.map { SourceMapping.Items(each: $0, columns: columns) }
            }
            let named = kind == .member ? "attributes" : "data"
            row.named =
                columns.read(named, &findings) { findings, node in
                    node.entries?.compactMap { entry in
                        findings.inside(entry.key) { $0.mapped(entry.value) }.map { (entry.key, $0) }
                    }
                } ?? []
            return row
        }
    }
}

extension Findings {
    /// A place in the body.
    fileprivate mutating func pointer(_ node: YAMLNode) -> JSONPointer? {
        text(node).flatMap { pointer($0, at: node.span) }
    }

    fileprivate mutating func pointer(_ text: String, at span: SourceSpan) -> JSONPointer? {
        if text.hasPrefix("/"), let pointer = JSONPointer(text) { return pointer }
        report(
            "R104", "`\(text)` is not a place in the message", at: span,
            help: ["a place begins with a slash, such as  /order/id", "a constant is written  {value: \(text)}"])
        return nil
    }

    /// A place in the element of `each`, or after `body:` in the message.
    fileprivate mutating func reference(_ node: YAMLNode) -> SourceMapping.Reference? {
        guard let text = text(node) else { return nil }
        let isOfBody = text.hasPrefix("body:")
        return pointer(isOfBody ? String(text.dropFirst("body:".count)) : text, at: node.span).map {
            SourceMapping.Reference(pointer: $0, isOfBody: isOfBody)
        }
    }

    /// A header, a parameter of the query, or a place in the body.
    fileprivate mutating func place(_ node: YAMLNode) -> SourceMapping.Place? {
        guard let text = text(node) else { return nil }
        for (mark, make) in [("header:", SourceMapping.Place.header), ("query:", SourceMapping.Place.query)] {
            guard text.hasPrefix(mark), text.count > mark.count else { continue }
            return make(String(text.dropFirst(mark.count)))
        }
        if text.hasPrefix("/"), let pointer = JSONPointer(text) { return .body(pointer) }
        report(
            "R104", "`\(text)` is not a place in the request", at: node.span,
            help: ["write  header:NAME,  query:NAME  or a place in the body, such as  /sign"])
        return nil
    }

    /// Where a value comes from: a place, several, or a block.
    fileprivate mutating func mapped(_ node: YAMLNode) -> SourceMapping.Value? {
        guard node.entries != nil else { return places(node).map { SourceMapping.Value(origin: .places($0)) } }
        guard let block = BlockReader(node, MappingKeys.valueBlock, &self) else { return nil }
        guard let chosen = block.atMostOne(of: "at", "value", findings: &self) else {
            report("R102", "a value needs `at` or `value`", at: block.start, help: ["write  {at: /price}"])
            return nil
        }
        let origin: SourceMapping.Value.Origin? =
            chosen.key == "value"
            ? block.text("value", &self).map { .constant($0) }
            : block.read("at", &self) { $0.places($1) }.map { .places($0) }
        guard let origin else { return nil }
        var value = SourceMapping.Value(origin: origin)
        value.unit = block.choice("unit", as: SourceMapping.Unit.self, &self) ?? .yuan
        value.time = block.choice("time", as: SourceMapping.Time.self, &self)
        let words = block.read("words", &self) { findings, node -> [(String, String)]? in
            guard let entries = node.entries else {
                findings.wrongKind(node, wanted: "words of the source and ours", help: ["write  {M: male}"])
                return nil
            }
            return entries.compactMap { entry in findings.text(entry.value).map { (entry.key, $0) } }
        }
        value.words = Dictionary(words ?? []) { first, _ in first }
        return value
    }

    private mutating func places(_ node: YAMLNode) -> [SourceMapping.Reference]? {
        let nodes = node.items ?? [node]
        let places = each(nodes) { $0.reference($1) }
        return places.count == nodes.count && !places.isEmpty ? places : nil
    }
}
