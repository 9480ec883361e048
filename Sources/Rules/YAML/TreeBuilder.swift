/// Turns libyaml's events into a tree, one by one and without recursion, and reports the slips that libyaml accepts.
///
/// A part in which something is broken is left out of the tree, so that one cause gives one finding: the item of a
/// top-level list (a rule, a template), else the whole top-level key.
struct TreeBuilder {
    enum Ending {
        case complete
        /// A limit was passed: no part of the file may be used.
        case refused
        case failure(YAMLFailure)
    }

    private struct Key {
        var text: String
        var span: SourceSpan
        var isPlain: Bool
        /// False for a duplicate, whose value is dropped.
        var counts: Bool
    }

    private enum Waiting {
        case key
        case value(Key)
        /// The value of something that was no key.
        case lostValue
    }

    private struct Frame {
        var isList: Bool
        var isFlow: Bool
        var start: Int
        var lastEnd: Int
        /// True when the collection stands where a key belongs.
        var isKey = false
        /// True when the fault stands before its first item, and must not be taken for a slip of that item.
        var isBroken = false
        var items: [YAMLNode] = []
        var entries: [YAMLNode.Entry] = []
        var seen: [String: SourceSpan] = [:]
        var waiting = Waiting.key
    }

    private let source: SourceText
    /// The byte of the file at which the text given to libyaml starts.
    private let base: Int
    private var frames: [Frame] = []
    private var documents = 0
    /// True when the part being read has a finding that makes it unusable.
    private var isBroken = false

    private(set) var root: YAMLNode?
    /// False once a part was left out.
    private(set) var isWhole = true
    /// True when a finding so far has made a part unusable.
    var hasBrokenPart: Bool { isBroken || !isWhole || frames.contains(where: \.isBroken) }
    var findings: FindingList
    /// The number of values that may still come in this file.
    var valuesLeft: Int

    init(source: SourceText, base: Int, findings: FindingList, valuesLeft: Int) {
        self.source = source
        self.base = base
        self.findings = findings
        self.valuesLeft = valuesLeft
    }

    mutating func run(until end: Int) -> Ending {
        var stream = EventStream(source.bytes[base..<end])
        while true {
            switch stream.next() {
            case .end: return .complete
            case .failure(let failure): return .failure(failure)
            case .event(let event):
                if case .documentStart = event.kind {
                    documents += 1
                    if documents > 1 {
                        let start = byte(event.start)
                        findings.add(Refusal.secondDocument(source, at: start))
                        return .complete
                    }
                } else if !take(event) {
                    return .refused
                }
            }
        }
    }

    /// False when a limit was passed.
    private mutating func take(_ event: YAMLEvent) -> Bool {
        let start = byte(event.start)
        let end = byte(event.end)
        switch event.kind {
        case .documentStart, .documentEnd: return true
        case .alias:
            breakPart(Refusal.decoration(source, at: start))
            return scalar("", .plain, start..<end, isAlias: true)
        case .scalar(let text, let style):
            if event.isDecorated { breakPart(Refusal.decoration(source, at: start)) }
            return scalar(text, style, start..<(style == .block ? trimmed(start, end) : end), isAlias: false)
        case .listStart(let flow):
            return open(Frame(isList: true, isFlow: flow, start: start, lastEnd: start, isBroken: event.isDecorated))
        case .mapStart(let flow):
            return open(Frame(isList: false, isFlow: flow, start: start, lastEnd: start, isBroken: event.isDecorated))
        case .listEnd, .mapEnd:
            close(end)
            return true
        }
    }

    private mutating func countValue(at byte: Int) -> Bool {
        valuesLeft -= 1
        if valuesLeft < 0 { findings.add(Refusal.values(source, at: byte)) }
        return valuesLeft >= 0
    }

    private mutating func open(_ new: Frame) -> Bool {
        guard countValue(at: new.start) else { return false }
        if new.isBroken { findings.add(Refusal.decoration(source, at: new.start)) }
        guard frames.count < YAMLLimits.depth else {
            findings.add(Refusal.depth(source, at: new.start))
            return false
        }
        var frame = new
        if let parent = frames.last, !parent.isList, case .key = parent.waiting {
            frame.isKey = true
            frame.isBroken = true
            let isPlaceholder = frame.isFlow && !frame.isList && parent.isFlow && parent.start == frame.start - 1
            // A key inside such a key is the same slip.
            if !frames.contains(where: \.isKey) {
                findings.add(
                    isPlaceholder
                        ? TypingSlip(source: source, certain: true).placeholder(at: parent.start)
                        : Refusal.keyIsBlock(source, at: frame.start))
            }
        }
        frames.append(frame)
        return true
    }

    private mutating func close(_ eventEnd: Int) {
        guard let frame = frames.popLast() else { return }
        if frame.isBroken { isBroken = true }
        let end = frame.isFlow ? eventEnd : max(frame.lastEnd, frame.start)
        if frame.isKey {
            if !frames.isEmpty { frames[frames.count - 1].waiting = .lostValue }
            return
        }
        var items = frame.items
        if frame.isList, frame.isFlow, let split = ChineseCommas(source: source).split(items) {
            findings.add(split.finding)
            items = split.items
        }
        let content: YAMLNode.Content = frame.isList ? .list(items) : .map(frame.entries)
        complete(YAMLNode(content, span: source.span(frame.start..<end)), end: end)
    }

    private mutating func scalar(_ text: String, _ style: YAMLNode.Style, _ range: Range<Int>, isAlias: Bool) -> Bool {
        guard countValue(at: range.lowerBound) else { return false }
        let role = role()
        if range.count > YAMLLimits.scalarBytes { breakPart(Refusal.scalar(source, range)) }
        if style == .quoted, text.utf8.contains(0) { breakPart(Refusal.nul(source, range)) }
        if style == .plain, !isAlias, !isBroken || role != .key {
            let check = ScalarCheck(
                source: source, text: text, range: range, role: role, inFlow: frames.last?.isFlow ?? false)
            for (finding, breaks) in check.findings() {
                if breaks { breakPart(finding) } else { findings.add(finding) }
            }
        }
        if role == .key {
            takeKey(text, style, range)
        } else {
            checkUnspacedKey(range)
            complete(YAMLNode(.scalar(text, style), span: source.span(range)), end: range.upperBound)
        }
        return true
    }

    private func role() -> ScalarCheck.Role {
        guard let frame = frames.last else { return .root }
        if frame.isList { return .item }
        switch frame.waiting {
        case .key: return .key
        case .value(let key): return .value(key.text)
        case .lostValue: return .value("")
        }
    }

    private mutating func takeKey(_ text: String, _ style: YAMLNode.Style, _ range: Range<Int>) {
        let top = frames.count - 1
        let span = source.span(range)
        frames[top].lastEnd = range.upperBound
        let first = frames[top].seen[text]
        if let first, text != "<<" { findings.add(Refusal.duplicate(text, first: first, again: span)) }
        if first == nil { frames[top].seen[text] = span }
        frames[top].waiting = .value(Key(text: text, span: span, isPlain: style == .plain, counts: first == nil))
    }

    /// `{sms:x}` and `{sms：x}` are one long key without a value.
    private mutating func checkUnspacedKey(_ value: Range<Int>) {
        guard value.isEmpty, let frame = frames.last, frame.isFlow, !frame.isList,
            case .value(let key) = frame.waiting, key.isPlain
        else { return }
        let range = key.span.start.byte..<key.span.end.byte
        let slip = TypingSlip(source: source, certain: true)
        let colon = range.first { source.bytes[$0] == UInt8(ascii: ":") || slip.isFullWidthColon(at: $0) }
        guard let colon, colon > range.lowerBound else { return }
        if source.bytes[colon] == UInt8(ascii: ":") {
            breakPart(slip.missingSpace(after: range.lowerBound..<colon, end: range.upperBound))
        } else if let finding = slip.fullWidthColon(after: range.lowerBound..<colon, end: range.upperBound) {
            breakPart(finding)
        }
    }

    private mutating func breakPart(_ finding: Diagnostic) {
        findings.add(finding)
        isBroken = true
    }

    private mutating func complete(_ node: YAMLNode, end: Int) {
        guard let top = frames.indices.last else {
            root = isBroken ? nil : node
            if isBroken { isWhole = false }
            return
        }
        frames[top].lastEnd = end
        let isPart = top == 0 || (top == 1 && frames[1].isList && !frames[0].isList)
        let drops = isBroken && isPart
        if drops {
            isBroken = false
            isWhole = false
        }
        if frames[top].isList {
            if !drops { frames[top].items.append(node) }
            return
        }
        if case .value(let key) = frames[top].waiting, key.counts, !drops {
            frames[top].entries.append(.init(key: key.text, keySpan: key.span, value: node))
        }
        frames[top].waiting = .key
    }

    private func byte(_ scalar: Int) -> Int { source.byte(ofScalar: scalar, after: base) }

    /// libyaml ends a block text after the line breaks that follow it.
    private func trimmed(_ start: Int, _ end: Int) -> Int {
        var end = end
        while end > start, source.bytes[end - 1] <= 0x20 { end -= 1 }
        return end
    }
}
