import Kit

/// `nudged.yaml`, the operators' file (product §3). Relative paths are already relative to the file's own directory.
package struct Config: Sendable {
    /// When the rules are read again: when their directory changes, or only on SIGHUP.
    package enum Reload: String, Sendable, CaseIterable { case watch, signal }
    package enum Durability: String, Sendable, CaseIterable { case full, normal }

    package struct HTTP: Sendable, Hashable {
        package var host: String
        package var port: Int
        /// Who may send events; none: `/v1/*` answers 401.
        package var sources: [Source]
        package init(host: String, port: Int, sources: [Source] = []) {
            self.host = host
            self.port = port
            self.sources = sources
        }
    }
    package struct Source: Sendable, Hashable {
        package var id: String
        package var writeKey: SecretRef
        package init(id: String, writeKey: SecretRef) {
            self.id = id
            self.writeKey = writeKey
        }
    }
    package struct Log: Sendable, Hashable {
        package enum Level: String, Sendable, CaseIterable { case debug, info, warning, error }
        package enum Format: String, Sendable, CaseIterable { case json, text }
        package var level = Level.info
        package var format = Format.text
        package init(level: Level = .info, format: Format = .text) {
            self.level = level
            self.format = format
        }
    }

    /// `sqlite:/abs/path`, `sqlite::memory:` or `postgresql://…`.
    package var storeURL: String
    package var durability = Durability.full
    package var rulesDir: String
    /// Of what commands say; nil: the locale's.
    package var language: Language?
    package var reload = Reload.watch
    /// Keys that are there and that nothing of this version serves, as `http`: said aloud, never an error.
    package var unserved: [String] = []
    /// Nil: no HTTP at all.
    package var http: HTTP?
    /// In file order.
    package var channels: [ChannelConfig] = []
    package var log = Log()
    /// Sends under way at once, 1...10,000: the bound on unknowns after one crash.
    package var maxInflight = Config.standardMaxInflight
    package static let standardMaxInflight = 200

    package init(storeURL: String, rulesDir: String) {
        self.storeURL = storeURL
        self.rulesDir = rulesDir
    }

    package var channelDeclarations: [ChannelDeclaration] {
        channels.map { ChannelDeclaration(id: $0.id, address: $0.address, adapter: $0.adapter.word) }
    }
}

/// One entry under `channels:`.
package struct ChannelConfig: Sendable, Hashable {
    /// One case for each adapter of this version.
    package enum Adapter: Sendable, Hashable {
        /// Nil: the daemon's own log of messages.
        case log(path: String?)
        case kannel(Kannel)

        /// As `type` says it.
        var word: String {
            switch self {
            case .log: "log"
            case .kannel: "kannel"
            }
        }

        /// Whether a message leaves the machine.
        var isNetwork: Bool {
            switch self {
            case .log: false
            case .kannel: true
            }
        }
    }

    package struct Kannel: Sendable, Hashable {
        package enum Method: String, Sendable, CaseIterable {
            case postHeaders = "post-headers"
            case get
        }
        /// Where delivery reports come back.
        package struct DLR: Sendable, Hashable {
            /// Sum of 1 delivered, 2 undelivered, 4 buffered, 8 accepted, 16 rejected.
            package var mask: Int
            package var baseURL: String
            /// Last part of the path of a report, so that nobody else can send one.
            package var pathToken: SecretRef
            package init(mask: Int, baseURL: String, pathToken: SecretRef) {
                self.mask = mask
                self.baseURL = baseURL
                self.pathToken = pathToken
            }
        }
        package var url: String
        package var method: Method
        package var username: String
        package var password: SecretRef
        package var from: String?
        package var dlr: DLR?
        package init(
            url: String, method: Method = .postHeaders, username: String, password: SecretRef, from: String? = nil,
            dlr: DLR? = nil
        ) {
            self.url = url
            self.method = method
            self.username = username
            self.password = password
            self.from = from
            self.dlr = dlr
        }
    }

    /// `100/s`, `20/min`.
    package struct Rate: Sendable, Hashable {
        package enum Unit: String, Sendable, CaseIterable {
            case second = "s"
            case minute = "min"
            case hour = "h"

            var seconds: Double {
                switch self {
                case .second: 1
                case .minute: 60
                case .hour: 3600
                }
            }
        }
        package var count: Int
        package var unit: Unit
        package init(count: Int, unit: Unit) {
            self.count = count
            self.unit = unit
        }
        package var perSecond: Double { Double(count) / unit.seconds }

        /// What a channel over the network has where nothing is stated: a mistake is seen before it is everywhere.
        package static let ofNetwork = Rate(count: 100, unit: .second)
    }

    /// What `limits.rate` states.
    package enum RateLimit: Sendable, Hashable {
        case off
        case rate(Rate)
    }

    package var id: String
    package var address: ChannelDeclaration.Address
    package var adapter: Adapter
    /// Nil: not stated.
    package var limit: RateLimit?
    package init(id: String, address: ChannelDeclaration.Address, adapter: Adapter, limit: RateLimit? = nil) {
        self.id = id
        self.address = address
        self.adapter = adapter
        self.limit = limit
    }

    /// The rate that holds; nil: no limit of ours.
    package var rate: Rate? {
        switch limit {
        case .off: nil
        case .rate(let rate): rate
        case nil: adapter.isNetwork ? .ofNetwork : nil
        }
    }
}
