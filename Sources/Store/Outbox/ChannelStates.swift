import Kit

/// How a channel stands, as the daemon that sends through it last wrote it down.
package struct ChannelState: Sendable, Hashable {
    package enum Standing: String, Sendable {
        case ready
        /// The provider asked for a pause.
        case throttled
        /// It kept failing.
        case closed
        /// It said that the settings or the account are wrong.
        case misconfigured
    }

    package var channel: String
    package var standing = Standing.ready
    /// The begin of this standing.
    package var since: Instant
    /// Nothing leaves before then; one message is tried afterwards.
    package var until: Instant?
    package var acceptedAt: Instant?
    /// When a message was last not taken, for good or not, or the answer was unclear; and its code.
    package var refusedAt: Instant?
    package var refusedCode: String?
    package var notedAt: Instant

    package init(channel: String, since: Instant) {
        self.channel = channel
        self.since = since
        notedAt = since
    }
}

extension Outbox {
    /// Writes rows of channels; what the row has and the daemon of this start does not know stays.
    func note(_ states: [ChannelState]) throws {
        for state in states {
            try db.run(
                """
                INSERT INTO channel_states
                  (channel, state, since, until, accepted_at, refused_at, refused_code, noted_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (channel) DO UPDATE SET state = excluded.state, since = excluded.since,
                  until = excluded.until, accepted_at = COALESCE(excluded.accepted_at, channel_states.accepted_at),
                  refused_at = COALESCE(excluded.refused_at, channel_states.refused_at),
                  refused_code = COALESCE(excluded.refused_code, channel_states.refused_code),
                  noted_at = excluded.noted_at
                """,
                [
                    state.channel, state.standing.rawValue, state.since.micros, state.until?.micros,
                    state.acceptedAt?.micros, state.refusedAt?.micros, state.refusedCode, state.notedAt.micros,
                ])
        }
    }

    /// Every channel is ready for a daemon that starts.
    func readyChannels(at now: Instant) throws {
        try db.run(
            """
            UPDATE channel_states SET state = 'ready', since = ?1, until = NULL, noted_at = ?1, retry_at = NULL
            WHERE state <> 'ready' OR retry_at IS NOT NULL
            """, [now.micros])
    }
}

extension MemberStore {
    /// What is known of the channels that ever sent, by name.
    package func channelStates() throws -> [ChannelState] {
        try writer.read { db in
            try db.all(
                """
                SELECT channel, state, since, until, accepted_at, refused_at, refused_code, noted_at
                FROM channel_states ORDER BY channel
                """
            ).map(ChannelState.init)
        }
    }

    package func note(_ states: [ChannelState]) async throws {
        try await committed { try $0.note(states) }
    }

    /// Asks the running daemon to try a channel at once. It does not give up when an import keeps the store busy.
    package func askForRetry(of channel: String, at now: Instant) throws {
        try MemberStore.insisting {
            try writer.write { db in
                try db.run("UPDATE channel_states SET retry_at = ? WHERE channel = ?", [now.micros, channel])
            }
        }
    }

    /// Whether a retry that was asked for is still to be taken up.
    package func awaitsRetry(of channel: String) throws -> Bool {
        try writer.read { db in
            try db.value("SELECT retry_at IS NOT NULL FROM channel_states WHERE channel = ?", [channel]) ?? false
        }
    }

    /// Takes what operators asked for: these channels are ready from now on.
    package func takeRetries(at now: Instant) async throws -> [String] {
        let asked = "SELECT channel FROM channel_states WHERE retry_at IS NOT NULL ORDER BY channel"
        let channels = try await writer.read { try ($0.values(asked) as [String]) }
        guard !channels.isEmpty else { return [] }
        return try await committed { outbox in
            let channels: [String] = try outbox.db.values(asked)
            for channel in channels {
                try outbox.db.run(
                    """
                    UPDATE channel_states SET state = 'ready', since = ?1, until = NULL, noted_at = ?1, retry_at = NULL
                    WHERE channel = ?2
                    """, [now.micros, channel])
            }
            return channels
        }
    }
}

extension ChannelState {
    /// A state that this version does not know counts as ready: the daemon decides by its own.
    fileprivate init(_ row: SQLRow) throws {
        func instant(_ name: String) throws -> Instant? { try (row[name] as Int64?).map(Instant.init(micros:)) }
        self.init(channel: try row["channel"], since: Instant(micros: try row["since"]))
        standing = Standing(rawValue: try row["state"]) ?? .ready
        until = try instant("until")
        acceptedAt = try instant("accepted_at")
        refusedAt = try instant("refused_at")
        refusedCode = try row["refused_code"]
        notedAt = Instant(micros: try row["noted_at"])
    }
}
