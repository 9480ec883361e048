import Kit

/// Events as the SDKs of Sensors Analytics (神策) send them (client 1.11.0), brought to the shape that `SegmentDialect`
/// reads. They have no id of their own: the content makes one.
package enum SensorsItem {
    /// The events of a call: one, or a list.
    package static func items(of body: StrictJSON) -> [StrictJSON] {
        if case .array(let items) = body { items.map(read) } else { [read(body)] }
    }

    /// Properties of a profile that the SDKs know by themselves. Others of theirs begin with `$` too and are left out.
    private static let profile = [
        "$name": "name", "$city": "city", "$province": "region", "$signup_time": "createdAt",
        "$first_name": "firstName",
        "$last_name": "lastName",
    ]

    private static func read(_ item: StrictJSON) -> StrictJSON {
        guard case .object = item, let type = item["type"]?.scalarText else { return item }
        let properties = item["properties"]?.members ?? []
        let own = properties.filter { !$0.key.hasPrefix("$") }
        let isMember = item["properties"]?["$is_login_id"] == .bool(true)
        var members: [StrictJSON.Member] = []
        func add(_ key: String, _ value: StrictJSON?) {
            if let value { members.append(.init(key: key, value: value)) }
        }
        add("timestamp", item["time"])
        add(isMember || type == "track_signup" ? "userId" : "anonymousId", item["distinct_id"])
        switch type {
        case "track":
            add("type", .string("track"))
            add("event", item["event"])
            add("properties", .object(own))
        case "track_signup":
            add("type", .string("alias"))
            add("previousId", item["original_id"])
        case "profile_set":
            let known = properties.compactMap { property in
                profile[property.key].map { StrictJSON.Member(key: $0, value: property.value) }
            }
            add("type", .string("identify"))
            add("traits", .object(own + known.filter { one in !own.contains { $0.key == one.key } }))
        case _ where type.hasPrefix("profile_"):
            // What depends on the values of before is kept as an event, and changes no member.
            add("type", .string("track"))
            add("event", .string(type))
        default: add("type", .string(type))
        }
        return .object(members)
    }
}
