import Kit

extension Session {
    /// When each rule that the store knows went live.
    package func liveSince() throws -> [String: Instant] {
        try all("SELECT rule, since FROM live_rules")
            .reduce(into: [:]) { try $0[$1[0]] = Instant(micros: $1[1]) }
    }
}
