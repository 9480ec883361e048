/// Findings on features that YAML allows and a rule file does not: R014 and the limits of R019.
enum Refusal {
    /// Reports `&x`, `*x` or `!x` at `start`.
    static func decoration(_ source: SourceText, at start: Int) -> Diagnostic {
        var end = start + 1
        while let byte = source.at(end), byte > 0x20, !",]}".utf8.contains(byte), end - start < 80 { end += 1 }
        while end < source.bytes.count, source.bytes[end] & 0xC0 == 0x80 { end += 1 }
        let written = source.text(start..<end)
        let (words, label) =
            switch source.at(start) {
            case UInt8(ascii: "&"):
                ("`\(written)` names a block to be used again, and rule files use none again", "an anchor")
            case UInt8(ascii: "*"):
                ("`\(written)` stands for a block written elsewhere, and rule files have no such thing", "an alias")
            default: ("`\(written)` is a YAML tag, and rule files have none", "a tag")
            }
        let help =
            source.at(start) == UInt8(ascii: "&")
            ? "remove it; if it is text, quote it" : "write the value out; if it is text, quote it"
        return Diagnostic("R014", .error, words, at: source.span(start..<end), label: label, help: [help])
    }

    static func mergeKey(_ source: SourceText, _ range: Range<Int>) -> Diagnostic {
        Diagnostic(
            "R014", .error, "`<<` pulls in a block written elsewhere, and rule files have no such thing",
            at: source.span(range), label: "a merge key", help: ["write the lines out"])
    }

    static func size(_ source: SourceText) -> Diagnostic {
        let size = (source.bytes.count + 1023) / 1024
        return Diagnostic(
            "R019", .error, "this file is \(size) KiB long, and the limit is \(YAMLLimits.fileBytes / 1024) KiB",
            at: .top(of: source.path), help: ["split it into several files"])
    }

    static func depth(_ source: SourceText, at byte: Int) -> Diagnostic {
        Diagnostic(
            "R019", .error, "blocks are nested more than \(YAMLLimits.depth) deep", at: source.span(byte..<byte + 1),
            label: "level \(YAMLLimits.depth + 1) begins here", notes: ["nothing of this file was used"])
    }

    static func values(_ source: SourceText, at byte: Int) -> Diagnostic {
        Diagnostic(
            "R019", .error, "this file has more than 50,000 values", at: source.span(byte..<byte),
            label: "the limit is reached here", help: ["split the file"], notes: ["nothing of this file was used"])
    }

    static func scalar(_ source: SourceText, _ range: Range<Int>) -> Diagnostic {
        Diagnostic(
            "R019", .error, "this text is longer than \(YAMLLimits.scalarBytes / 1024) KiB", at: source.span(range),
            help: ["shorten it, or look for a quote that is never closed"])
    }

    static func nul(_ source: SourceText, _ range: Range<Int>) -> Diagnostic {
        Diagnostic("R019", .error, "this text contains a NUL character", at: source.span(range), help: ["remove `\\0`"])
    }

    static func secondDocument(_ source: SourceText, at byte: Int) -> Diagnostic {
        let end = min(byte + 3, source.bytes.count)
        return Diagnostic(
            "R019", .error, "a second document begins here, and a file holds one", at: source.span(byte..<end),
            help: ["move what follows into a file of its own, or remove the line"],
            notes: ["what follows was not read"])
    }

    static func duplicate(_ key: String, first: SourceSpan, again: SourceSpan) -> Diagnostic {
        Diagnostic(
            "R013", .error, "`\(key)` is written twice in the same block", at: again, label: "and again here",
            related: [.init(first, "first here")], help: ["keep one of the two; nothing is chosen for you"])
    }

    static func keyIsBlock(_ source: SourceText, at byte: Int) -> Diagnostic {
        Diagnostic(
            "R012", .error, "a block or a list stands where a key belongs", at: source.span(byte..<byte + 1),
            help: ["a key is one word; quote the text if it should begin with `\(source.text(byte..<byte + 1))`"])
    }
}
