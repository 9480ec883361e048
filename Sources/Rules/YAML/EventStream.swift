import CLibYAML

/// One step of libyaml through a text, with places counted in Unicode scalars from the text's start.
struct YAMLEvent {
    enum Kind {
        case documentStart, documentEnd
        case alias
        case scalar(String, YAMLNode.Style)
        case listStart(flow: Bool)
        case listEnd
        case mapStart(flow: Bool)
        case mapEnd
    }

    var kind: Kind
    var start: Int
    var end: Int
    /// True when an anchor `&x` or a tag `!x` stands before the value, at `start`.
    var isDecorated = false
}

/// The reason why libyaml stopped, in its own words.
struct YAMLFailure {
    var problem: String
    /// "while parsing a block mapping"; empty when libyaml gives none.
    var context: String
    var problemScalar: Int
    var contextScalar: Int?
}

/// libyaml's event parser over a copy of some bytes. Events stream: nothing is composed, no alias is followed.
struct EventStream: ~Copyable {
    enum Step {
        case event(YAMLEvent)
        case end
        case failure(YAMLFailure)
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let isReady: Bool

    /// `bytes` is UTF-8 without a byte order mark.
    init(_ bytes: ArraySlice<UInt8>) {
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.update(fromContentsOf: bytes)
        parser = .allocate(capacity: 1)
        isReady = yaml_parser_initialize(parser) == 1
        if isReady {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        }
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    mutating func next() -> Step {
        guard isReady else { return .failure(YAMLFailure(problem: "", context: "", problemScalar: 0)) }
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { return .failure(failure()) }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_START_EVENT { continue }
            guard let converted = Self.convert(event) else { return .end }
            return .event(converted)
        }
    }

    private func failure() -> YAMLFailure {
        let state = parser.pointee
        return YAMLFailure(
            problem: state.problem.map { String(cString: $0) } ?? "",
            context: state.context.map { String(cString: $0) } ?? "",
            problemScalar: state.problem_mark.index,
            contextScalar: state.context == nil ? nil : state.context_mark.index)
    }

    private static func convert(_ event: yaml_event_t) -> YAMLEvent? {
        var result = YAMLEvent(kind: .documentEnd, start: event.start_mark.index, end: event.end_mark.index)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
        case YAML_ALIAS_EVENT: result.kind = .alias
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            result.kind = .scalar(text, style(scalar.style))
            result.isDecorated = scalar.anchor != nil || scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            let list = event.data.sequence_start
            result.kind = .listStart(flow: list.style == YAML_FLOW_SEQUENCE_STYLE)
            result.isDecorated = list.anchor != nil || list.tag != nil
        case YAML_SEQUENCE_END_EVENT: result.kind = .listEnd
        case YAML_MAPPING_START_EVENT:
            let map = event.data.mapping_start
            result.kind = .mapStart(flow: map.style == YAML_FLOW_MAPPING_STYLE)
            result.isDecorated = map.anchor != nil || map.tag != nil
        case YAML_MAPPING_END_EVENT: result.kind = .mapEnd
        default: return nil
        }
        return result
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .plain
        }
    }
}
