import Channels
import Intake
import Kit
import Policies
import Rules

/// `nudged.yaml`, the operators' file (product §3). Relative paths in it have been joined to the file's own directory.
package struct Configuration: Sendable {
    /// Whether the rules are read again when their directory changes, or only on SIGHUP.
    package enum Reload: String, Sendable, CaseIterable { case watch, signal }

    package struct HTTP: Sendable, Hashable {
        package var host: String
        package var port: Int
        /// The sources that may send events. Without any, `/v1/*` answers 401.
        package var sources: [Source]

        package init(host: String, port: Int, sources: [Source] = []) {
            self.host = host
            self.port = port
            self.sources = sources
        }

        /// Only this machine reaches it.
        package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    }
    package struct Source: Sendable, Hashable {
        package var id: String
        package var writeKey: SecretRef
        /// The path of its mapping file; nil for a source that posts to `/v1/*` or `/sa`.
        package var mapping: String?

        package init(id: String, writeKey: SecretRef, mapping: String? = nil) {
            (self.id, self.writeKey, self.mapping) = (id, writeKey, mapping)
        }

        /// The sources of events that nudged itself writes down, and of imports: they stand in the same column.
        package static let ownNames: Set<String> = ["import", "row", "nudged", "reply", "click"]
    }
    /// A folder whose files are imported as they come.
    package struct Folder: Sendable, Hashable {
        package var id: String
        package var path: String
        package var kind: ImportKind

        package init(id: String, path: String, kind: ImportKind) {
            (self.id, self.path, self.kind) = (id, path, kind)
        }

        /// Whether a file of that name is meant for us: not one that is still being written, nor a hidden one.
        static func isMeant(_ name: String) -> Bool {
            !name.hasPrefix(".") && !name.hasSuffix("~")
                && !unfinished.contains { name.lowercased().hasSuffix($0) }
        }

        /// How programs that transfer files name what they have not finished, and how we name rejected rows.
        private static let unfinished = [
            ".tmp", ".temp", ".part", ".partial", ".filepart", ".writing", ".crdownload", ".rejected.csv",
        ]
    }
    /// `links`: where the links of messages begin, what signs them, and whom short ones may lead to.
    package struct Links: Sendable, Hashable {
        /// Without a slash at its end.
        package var base: String
        package var secret: SecretRef
        package var previousSecret: SecretRef?
        /// In lower case.
        package var hosts: Set<String>

        package init(base: String, secret: SecretRef, previousSecret: SecretRef? = nil, hosts: Set<String>) {
            self.base = base
            self.secret = secret
            self.previousSecret = previousSecret
            self.hosts = hosts
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

    /// `alerts`: who is told when something needs a person.
    package struct Alerts: Sendable, Hashable {
        /// The name of a channel that sends to no member.
        package var channel: String?
        /// The path of a program.
        package var command: String?
        /// How old the last backup may be; nil: nobody asks.
        package var backupOlderThan: Span?

        package init(channel: String? = nil, command: String? = nil, backupOlderThan: Span? = nil) {
            (self.channel, self.command, self.backupOlderThan) = (channel, command, backupOlderThan)
        }

        /// Whether anybody would be told.
        package var isThere: Bool { channel != nil || command != nil }
    }

    /// `retention`: how long things are kept; nil: for ever.
    package struct Retention: Sendable, Hashable {
        package var texts: Span? = Span(90, .days)
        package var ledger: Span? = Span(400, .days)
        package var received: Span? = Span(90, .days)
        package var quarantine: Span? = Span(90, .days)
        /// Members of whom nothing was heard for so long and whom no channel reaches.
        package var members: Span?
        package init() {}
    }

    /// `sqlite:/abs/path`, `sqlite::memory:` or `postgresql://…`.
    package var storeURL: String
    package var durability = Durability.full
    /// What the store is encrypted with; nil: it is not.
    package var storeKey: SecretRef?
    /// What it was encrypted with before.
    package var previousStoreKey: SecretRef?
    package var rulesDir: String
    /// The language in which commands speak; nil means the locale's.
    package var language: Language?
    package var reload = Reload.watch
    /// Keys that nothing serves, such as `links` without `http`. They earn a warning, never an error.
    package var unserved: [String] = []
    /// Nil where nothing listens.
    package var http: HTTP?
    /// The folders of `sources`, in file order.
    package var folders: [Folder] = []
    /// Nil where messages can have no links but to `LinkForm.standIn`.
    package var links: Links?
    /// The channels in file order.
    package var channels: [ChannelConfig] = []
    package var log = Log()
    package var alerts = Alerts()
    package var retention = Retention()
    /// The number of sends that may be under way at once, 1...10,000; a crash leaves at most that many unclear.
    package var maxInflight = Configuration.standardMaxInflight
    package static let standardMaxInflight = 200

    package init(storeURL: String, rulesDir: String) {
        self.storeURL = storeURL
        self.rulesDir = rulesDir
    }

    package var channelDeclarations: [ChannelDeclaration] {
        channels.map { channel in
            let adapter = channel.adapter
            return ChannelDeclaration(
                id: channel.id, address: channel.address, adapter: adapter.type, marketing: adapter.traits.marketing,
                needsTemplateCode: adapter.traits.needsTemplateCode,
                offersUnsubscribe: adapter.traits.offersUnsubscribe,
                links: .ofChannel(
                    links?.form, isLocal: !adapter.reachesMembers, as: channel.links),
                // Without callbacks nobody tells us of them, and nothing is counted.
                credited: http != nil && channel.hasCallbacks ? adapter.credited(channel.settings) : [],
                doubleOptIn: channel.doubleOptIn)
        }
    }
}

/// One entry under `channels:`.
package struct ChannelConfig: Sendable {
    /// The rate that `limits.rate` states.
    package enum RateLimit: Sendable, Hashable {
        case off
        case rate(Rate)
    }

    /// What the filter `link` prints.
    package enum Links: String, Sendable, CaseIterable {
        case short
        /// The address as it is; nobody counts its clicks.
        case off
    }

    package var id: String
    package var address: ChannelDeclaration.Address
    package var adapter: Adapter
    package var settings: AdapterSettings
    /// Nil where `limits.rate` is not stated.
    package var limit: RateLimit?
    /// How many messages one address gets.
    package var recipientLimits: [CountLimit] = []
    package var links = Links.short
    package var doubleOptIn = false
    /// What `limits.connections` states; nil where it is not stated.
    package var connections: Int?
    /// How long a request may take; nil: as long as the adapter says.
    package var timeouts: HTTPTimeouts?

    /// - Parameter settings: its own, with their secrets. Nil for a channel of the network without a transport.
    package func open(_ settings: AdapterSettings, over transport: HTTPTransport?) -> (any Channel)? {
        adapter.open(settings, over: transport?.limited(to: timeouts, connections: mostConnections))
    }

    /// How many connections it may have at once; nil means that we set no limit.
    package var mostConnections: Int? { connections ?? adapter.connections }

    var hasCallbacks: Bool { CallbackAddress.blocks.contains { settings.block($0) != nil } }

    /// The rate that applies; nil means that we set no limit.
    package var rate: Rate? {
        switch limit {
        case .off: nil
        case .rate(let rate): rate
        case nil: adapter.rate
        }
    }

    /// Why its provider could not call us, with the block and the key that say so. Nil also where a secret cannot be
    /// read.
    package func callbackFault(environment: [String: String]) -> (block: String, fault: CallbackAddress.Fault)? {
        guard adapter.callbacks != nil, let settings = try? settings.resolved(environment: environment),
            let block = CallbackAddress.blocks.first(where: { settings.block($0) != nil })
        else { return nil }
        do { _ = try CallbackAddress(settings) } catch { return (error as? CallbackAddress.Fault).map { (block, $0) } }
        return nil
    }

    /// The least characters of a token that nobody guesses.
    package static let shortestToken = CallbackAddress.enough

    /// The block whose token may be guessed. Nil also where a secret cannot be read.
    package func guessableToken(environment: [String: String]) -> String? {
        guard adapter.callbacks != nil, let settings = try? settings.resolved(environment: environment),
            let address = try? CallbackAddress(settings), address.isGuessable
        else { return nil }
        return CallbackAddress.blocks.first { settings.block($0) != nil }
    }
}
