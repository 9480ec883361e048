import Channels
import Intake
import Kit
import Rules

extension SchemaKind {
    /// The schema as a file: JSON Schema draft-07, generated from the declarations that the checker reads by.
    /// With `shop`, its own names are enumerations. The same input gives the same bytes.
    package func text(for shop: Shop? = nil) -> String {
        text(for: shop, config: self == .mapping ? .ofMappings : .ofAdapters)
    }
}

extension RuleReference {
    /// The reference as Markdown; the same program gives the same text.
    package static var text: String { text(config: ConfigKeys.file, mapping: MappingKeys.file) }
}

/// The constraints that the checker of nudged.yaml adds to its declarations.
extension ConfigSchema {
    fileprivate static let ofAdapters = ConfigSchema(
        file: ConfigKeys.file, constraints: [ConfigKeys.anyChannel.name: Adapters.all.map(keys)],
        forms: [
            "store.url": Form("^(sqlite::memory:|sqlite:(?!//).+|postgres(ql)?://(?![^/?]*:[^/?]*@).*)$"),
            "http.listen": Form(
                "^(\\[[^/\\]]+\\]|[^:/]+):0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
            ),
            "links.base_url": Form(
                "^(https://[A-Za-z0-9.-]+|http://(localhost|127\\.0\\.0\\.1))(:[0-9]{1,5})?(/[A-Za-z0-9._~/:-]*)?$"),
            "timeout.connect": seconds, "timeout.total": seconds,
            "batch.linger": Form("^([1-9][0-9]{1,2}ms|1000ms|1s)$"),
            "limits.rate": Form("^(0*[1-9][0-9]{0,6}/(s|min|h)|off)$"),
            "a secret.env": Form("^[A-Za-z_][A-Za-z0-9_]*$"),
            "a secret.credential": Form("^[^./][^/]*$", takesScalars: true), "a secret.file": Form("^/"),
        ], channel: address)

    /// What the reader of mapping files adds to their declarations.
    fileprivate static let ofMappings = ConfigSchema(
        file: MappingKeys.file,
        constraints: [
            MappingKeys.file.name: [
                .constant(
                    """
                    if: {required: [token]}
                    then: {properties: {signature: false}}
                    else: {required: [signature]}
                    """)
            ],
            MappingKeys.message.name: [
                .constant("{if: {required: [rows]}, then: {properties: {ignore: {enum: [false, \"false\", null]}}}}"),
                .constant(
                    "{if: {required: [rows]}, else: {required: [ignore], properties: {ignore: {enum: [true, \"true\"]}}}}"
                ),
            ],
            MappingKeys.valueBlock.name: [
                .constant("{if: {required: [value]}, then: {properties: {at: false}}, else: {required: [at]}}")
            ],
        ],
        forms: [
            "a mapping.id": place, "decode.at": place, "signature.in": anyPlace, "token.in": anyPlace,
            "items.each": listed,
        ].merging(SourceMapping.Kind.allCases.map { ("\($0.rawValue).each", listed) }) { $1 },
        channel: { _ in .object([:]) })

    /// A place in the body; the same, or `body:` with one; the same, or a header or a parameter.
    private static let place = Form("^/")
    private static let listed = Form("^(body:)?/")
    private static let anyPlace = Form("^(header:.|query:.|/)")

    private static let seconds = Form("^([1-9][0-9]{2,5}ms|0*[1-9][0-9]{0,2}s|0*([1-9]|1[0-5])m(in)?)$")

    /// The keys of an adapter, from its own declaration.
    private static func keys(of adapter: Adapter) -> JSONText {
        let own = ConfigKeys.channel(adapter).keys
        let foreign = ConfigKeys.anyChannel.keys.map(\.name).filter { name in !own.contains { $0.name == name } }
        let needed = own.filter(\.required).map(\.name)
        return .object([
            "if": .constant("{required: [type], properties: {type: {const: \(adapter.type)}}}"),
            "then": .object([
                "required": .texts(needed),
                "properties": .object(
                    foreign.map { .init($0, .bool(false)) } + needed.map { .init($0, notEmpty) }
                        + own.compactMap(narrow)),
            ]),
        ])
    }

    /// What an adapter asks of a block that others have with further keys, or need less of; nil where it is the same.
    private static func narrow(_ key: KeyDeclaration) -> JSONText.Member? {
        guard !key.type.isSecret, let own = key.block, let any = ConfigKeys.anyChannel[key.name]?.block else {
            return nil
        }
        let foreign = any.keys.map(\.name).filter { own[$0] == nil }
        let needed = own.keys.filter { $0.required && any[$0.name]?.required == false }.map(\.name)
        guard !foreign.isEmpty || !needed.isEmpty else { return nil }
        let properties =
            foreign.map { JSONText.Member($0, .bool(false)) } + needed.map { JSONText.Member($0, notEmpty) }
        return JSONText.Member(
            key.name,
            .object(
                [.init("properties", .object(properties))]
                    + (needed.isEmpty ? [] : [.init("required", .texts(needed))])))
    }

    private static let notEmpty = JSONText.constant("{type: [string, number, boolean, object]}")

    /// A standard channel has its address by its name, another one by its adapter; any other states it.
    private static func address(ofChannel id: String?) -> JSONText {
        let bound = Adapters.all.compactMap { adapter in adapter.traits.address.map { (adapter.type, $0) } }
        guard let id, let standard = ChannelDeclaration.standard.first(where: { $0.id == id }) else {
            let usual = Adapters.all.filter { $0.traits.address == nil && $0.traits.usualAddress != nil }
            return .object(members(of: bound[...], elseNeededBut: usual.map(\.type)))
        }
        let excluded = bound.filter { $0.1 != standard.address }.map { JSONText.text($0.0) }
        var properties: [JSONText.Member] = [
            .init("address", .object(["const": .text(standard.address.rawValue)]))
        ]
        if !excluded.isEmpty {
            let types: JSONText =
                excluded.count == 1 ? .object(["const": excluded[0]]) : .object(["enum": .list(excluded)])
            properties.append(.init("type", .object(["not": types])))
        }
        return .object(["properties": .object(properties)])
    }

    /// The address of each adapter that sends to one kind only, adapter after adapter; all others but the free ones must
    /// state it.
    private static func members(
        of bound: ArraySlice<(String, ChannelDeclaration.Address)>, elseNeededBut free: [String]
    ) -> [JSONText.Member] {
        guard let (type, address) = bound.first else {
            return [
                .init("if", .object(["properties": .object(["type": .object(["enum": .texts(free)])])])),
                .init("else", .object(["required": .texts(["address"])])),
            ]
        }
        return [
            .init("if", .constant("{properties: {type: {const: \(type)}}}")),
            .init("then", .constant("{properties: {address: {const: \(address.rawValue)}}}")),
            .init("else", .object(members(of: bound.dropFirst(), elseNeededBut: free))),
        ]
    }
}
