import Kit

/// What a provider says in a tree, whether it wrote XML or JSON: a name, and a text or nodes. Several items are several
/// nodes of one name. Never printed: it holds addresses and texts.
struct CallbackNode: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    var name: String
    var text = ""
    var children: [CallbackNode] = []

    init(_ name: String, text: String = "", _ children: [CallbackNode] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    /// The text of the first node of that name; nil where there is none, or it holds nodes.
    subscript(name: String) -> String? {
        children.first { $0.name == name }.flatMap { $0.children.isEmpty ? $0.text : nil }
    }

    /// The nodes that have a node of that name, at any depth, in their order.
    func owners(of name: String) -> [CallbackNode] {
        let isOwner = children.contains { $0.name == name }
        return (isOwner ? [self] : []) + children.flatMap { $0.owners(of: name) }
    }

    var description: String { "a node of a callback" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension CallbackNode {
    /// The JSON object as a tree: an array is as many nodes of its name as it has items. A reader of `StrictJSON` bounds
    /// the depth.
    init(_ name: String, _ json: StrictJSON) {
        self.init(name)
        guard case .object(let members) = json else {
            text = json.scalarText ?? ""
            return
        }
        for member in members {
            if case .array(let items) = member.value {
                children += items.map { CallbackNode(member.key, $0) }
            } else {
                children.append(CallbackNode(member.key, member.value))
            }
        }
    }

    /// A body in XML or JSON, told apart by its first character; nil for anything else.
    init?(body: [UInt8]) {
        let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        switch body.first(where: { !space.contains($0) }) {
        case UInt8(ascii: "<"):
            guard let node = CallbackXML.read(body) else { return nil }
            self = node
        case UInt8(ascii: "{"):
            guard let json = CallbackBody.items(body)?.first, case .object = json else { return nil }
            self.init("json", json)
        default: return nil
        }
    }
}
