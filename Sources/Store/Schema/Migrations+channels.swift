/// How the channels of the daemon stand, for commands and for the next start.
extension Migrations {
    /// One row a channel. `until`: nothing leaves before then. `retry_at`: an operator asked for a try at once.
    static let channelStates = Migration(
        "v14-channel-states",
        [
            """
            CREATE TABLE channel_states (channel TEXT NOT NULL,
              state TEXT NOT NULL
                CHECK (state = 'ready' OR state = 'throttled' OR state = 'closed' OR state = 'misconfigured'),
              since INTEGER NOT NULL, until INTEGER, accepted_at INTEGER, refused_at INTEGER, refused_code TEXT,
              noted_at INTEGER NOT NULL, retry_at INTEGER, PRIMARY KEY (channel)) WITHOUT ROWID, STRICT
            """
        ])
}
