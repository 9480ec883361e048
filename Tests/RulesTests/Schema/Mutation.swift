@testable import Rules

/// One slip in a file that was right: a seeded change of its tree.
struct Mutation {
    /// What was done, and where.
    var description: String
    var root: YAMLNode

    private static let texts = [
        "", "null", "x", "no such word", "-1", "0", "1.5", "007", "999999999", "1e3", "true", "no", "2%", "120%",
        "25:00",
        "9:30", "1d12h", "3x", "5000d", "2026-02-30", "2026-03-08", "gte", "birthday",
    ]

    /// Nil where the place drawn allows no such change.
    init?(of root: YAMLNode, _ random: inout Draw) {
        let places = root.places
        let place = places[random.below(places.count)]
        guard let node = root.at(place), let (words, changed) = Mutation.change(node, &random) else { return nil }
        self.root = root.replacing(place, by: changed)
        description = "\(root.names(of: place).joined(separator: "/")): \(words)"
    }

    private static func change(_ node: YAMLNode, _ random: inout Draw) -> (String, YAMLNode)? {
        switch node.content {
        case .map(let entries): map(entries, node, &random)
        case .list(let items): list(items, node, &random)
        case .scalar(let text, let style): scalar(text, style, node, &random)
        }
    }

    private static func map(
        _ entries: [YAMLNode.Entry], _ node: YAMLNode, _ random: inout Draw
    ) -> (String, YAMLNode)? {
        guard !entries.isEmpty else { return nil }
        var entries = entries
        let index = random.below(entries.count)
        let key = entries[index].key
        func result(_ words: String) -> (String, YAMLNode) { (words, YAMLNode(.map(entries), span: node.span)) }
        switch random.below(6) {
        case 0:
            entries.remove(at: index)
            return result("without \(key)")
        case 1:
            entries[index].key = slip(in: key, &random)
            return result("\(key) is \(entries[index].key)")
        case 2:
            entries[index].key = ["gte", "event", "schedule", "do", "sms", "otherwise", "not"][random.below(7)]
            guard !entries.enumerated().contains(where: { $0 != index && $1.key == entries[index].key }) else {
                return nil
            }
            return result("\(key) is \(entries[index].key)")
        case 3:
            let extra = ["at", "birthday", "send", "limits", "x", "lunar", "experiment", "combine"][random.below(8)]
            guard !entries.contains(where: { $0.key == extra }) else { return nil }
            let value = YAMLNode(.scalar(texts[random.below(texts.count)], .plain), span: node.span)
            entries.append(.init(key: extra, keySpan: entries[index].keySpan, value: value))
            return result("and \(extra): \(value.text ?? "")")
        case 4: return ("a text", YAMLNode(.scalar("x", .plain), span: node.span))
        default: return ("a list", YAMLNode(.list([node]), span: node.span))
        }
    }

    private static func list(_ items: [YAMLNode], _ node: YAMLNode, _ random: inout Draw) -> (String, YAMLNode)? {
        switch random.below(4) {
        case 0: return ("empty", YAMLNode(.list([]), span: node.span))
        case 1: return ("its first item alone", items.first ?? node)
        case 2:
            let nothing = YAMLNode(.scalar("", .plain), span: node.span)
            return ("with an empty item", YAMLNode(.list(items + [nothing]), span: node.span))
        default: return ("a text", YAMLNode(.scalar("x", .plain), span: node.span))
        }
    }

    private static func scalar(
        _ text: String, _ style: YAMLNode.Style, _ node: YAMLNode, _ random: inout Draw
    ) -> (String, YAMLNode)? {
        func result(_ content: YAMLNode.Content, _ words: String) -> (String, YAMLNode) {
            (words, YAMLNode(content, span: node.span))
        }
        switch random.below(6) {
        case 0: return result(.scalar(text, style == .plain ? .quoted : .plain), "\(text) the other way about")
        case 1: return result(.list([node]), "a list of \(text)")
        case 2: return result(.map([.init(key: "is", keySpan: node.span, value: node)]), "{is: \(text)}")
        case 3:
            let slip = slip(in: text, &random)
            return result(.scalar(slip, style), slip)
        default:
            let other = texts[random.below(texts.count)]
            return result(.scalar(other, .plain), other.isEmpty ? "nothing" : other)
        }
    }

    /// Two neighbours swapped, or a letter left out or doubled.
    private static func slip(in word: String, _ random: inout Draw) -> String {
        var letters = Array(word)
        guard letters.count > 1 else { return word + "x" }
        let index = random.below(letters.count - 1)
        switch random.below(3) {
        case 0: letters.swapAt(index, index + 1)
        case 1: letters.remove(at: index)
        default: letters.insert(letters[index], at: index)
        }
        return String(letters)
    }
}

/// A repeatable sequence of draws (SplitMix64).
struct Draw {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func below(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(count))
    }
}

extension YAMLNode {
    private var children: [YAMLNode] { items ?? entries?.map(\.value) ?? [] }

    /// Every place in the tree: the numbers of the children on the way to it.
    fileprivate var places: [[Int]] {
        [[]] + children.enumerated().flatMap { index, child in child.places.map { [index] + $0 } }
    }

    fileprivate func at(_ place: [Int]) -> YAMLNode? {
        guard let first = place.first else { return self }
        return children.indices.contains(first) ? children[first].at(Array(place.dropFirst())) : nil
    }

    fileprivate func names(of place: [Int]) -> [String] {
        guard let first = place.first else { return [] }
        let name = entries.map { $0[first].key } ?? String(first)
        return [name] + children[first].names(of: Array(place.dropFirst()))
    }

    fileprivate func replacing(_ place: [Int], by node: YAMLNode) -> YAMLNode {
        guard let first = place.first else { return node }
        let child = children[first].replacing(Array(place.dropFirst()), by: node)
        if var items {
            items[first] = child
            return YAMLNode(.list(items), span: span)
        }
        guard var entries else { return self }
        entries[first].value = child
        return YAMLNode(.map(entries), span: span)
    }
}
