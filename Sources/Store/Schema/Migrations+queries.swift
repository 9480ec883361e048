/// When a provider is asked next what became of a message.
extension Migrations {
    /// Set while the message is on its way, taken or unclear, and only for channels that can be asked. What is unclear
    /// from before this step is asked about at once.
    static let queries = Migration(
        "v10-queries",
        [
            "ALTER TABLE deliveries ADD COLUMN ask_at INTEGER",
            "CREATE INDEX deliveries_asked ON deliveries (channel, ask_at) WHERE ask_at IS NOT NULL",
            "UPDATE deliveries SET ask_at = 0 WHERE state = 'unknown'",
        ])
}
