import GRDB

extension Connections {
    /// How long a connection waits for another process.
    package enum Patience: Sendable {
        case seconds(Double)
        /// The closure is called again and again with the number of calls so far; false gives up.
        case asking(@Sendable (Int) -> Bool)

        fileprivate var busyMode: Database.BusyMode {
            switch self {
            case .seconds(let seconds): .timeout(seconds)
            case .asking(let goesOn): .callback { goesOn($0) }
            }
        }
    }

    /// A file with a write-ahead log: one connection writes and checkpoints, three read.
    ///
    /// - Parameter prepare: run on each new connection; its second argument is true for one that only reads.
    /// - Parameter last: run on the writing connection after all of that.
    static func file(
        _ path: String, patience: Patience, prepare: @escaping @Sendable (Session, Bool) throws -> Void,
        last: (Session) throws -> Void
    ) throws -> Connections {
        try StoreCipher.prepare()
        return try translating {
            var configuration = configuration(patience, prepare)
            configuration.maximumReaderCount = 3
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { try last(Session($0)) }
            return Connections(pool)
        }
    }

    /// One connection to a file; without a path, to a database in memory; with an empty one, to a file that has no
    /// name. The latter two disappear with their connection, however the process ends.
    package static func one(
        _ path: String?, isReadOnly: Bool = false, patience: Patience = .seconds(0),
        prepare: @escaping @Sendable (Session) throws -> Void = { _ in }
    ) throws -> Connections {
        try StoreCipher.prepare()
        return try translating {
            var configuration = configuration(patience) { db, _ in try prepare(db) }
            configuration.readonly = isReadOnly
            guard let path else { return Connections(try DatabaseQueue(configuration: configuration)) }
            return Connections(try DatabaseQueue(path: path, configuration: configuration))
        }
    }

    private static func configuration(
        _ patience: Patience, _ prepare: @escaping @Sendable (Session, Bool) throws -> Void
    ) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = patience.busyMode
        // A workspace is one transaction for its whole life.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            StoreCipher.reserve(in: db)
            try prepare(Session(db), db.configuration.readonly)
        }
        return configuration
    }
}
