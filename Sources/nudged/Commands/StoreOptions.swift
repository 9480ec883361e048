import Review
import Config
import ArgumentParser
import Foundation
import Intake
import Rules
import Store

/// `--config` and `--store`: which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(help: .say("The operators' file (default ./nudged.yaml).", "运维的配置文件（默认 ./nudged.yaml）。"))
    var config: String?

    @Option(
        help: .say(
            "The store itself, as sqlite:/path/to/nudged.db; needs no config.",
            "直接写数据库：sqlite:/path/to/nudged.db；不需要配置文件。"))
    var store: String?

    static let standardConfig = "nudged.yaml"

    /// The config named, or ./nudged.yaml if it exists.
    func loadConfig() throws -> Configuration? {
        if config == nil, store != nil { return nil }
        return try StoreOptions.config(config)
    }

    /// The config named, or ./nudged.yaml if it exists (settled-2 §6). Throws `Refusal` 78.
    static func config(_ named: String?) throws -> Configuration? {
        guard let path = named ?? ownConfig else { return nil }
        return try ConfigFile.read(path)
    }

    /// ./nudged.yaml if it exists.
    static var ownConfig: String? { FileManager.default.fileExists(atPath: standardConfig) ? standardConfig : nil }

    func storeURL(_ config: Configuration?) throws -> String {
        if let store { return store }
        if let config { return config.storeURL }
        throw Failure(
            .couldNotRun,
            .say(
                "no store is named: there is no ./nudged.yaml; give --config FILE or --store sqlite:/path/nudged.db",
                "没有指明数据库：当前目录没有 nudged.yaml；请写 --config 文件 或 --store sqlite:/path/nudged.db"))
    }

    /// Opens a store for writing, as durable as the config says. Only `run`, `import` and `tick` create one: a mistyped
    /// name must not yield an empty store. Throws `MemberStore.OpenError`.
    func open(
        _ config: Configuration?, whenAbsent absence: MemberStore.Absence = .isRefused, ownsLock: Bool = false,
        copying: StoreUpgrade.Copying = .beside
    ) throws -> MemberStore {
        let progress = UpgradeProgress()
        defer { progress.finish() }
        return try MemberStore.open(
            url: try storeURL(config), durability: config?.durability ?? .full, whenAbsent: absence,
            ownsLock: ownsLock, copying: copying, upgrading: progress.show)
    }

    /// Opens an existing store for writing. Throws `MemberStore.OpenError`.
    func openStore() throws -> MemberStore { try open(try loadConfig()) }

    /// Opens an existing store through a connection that cannot write: an older store is refused, not migrated. Throws
    /// `MemberStore.OpenError`.
    func readStore() throws -> MemberStore {
        let store = try MemberStore.reading(try storeURL(try loadConfig()))
        try store.requireCurrentSchema()
        return store
    }

    /// The rules that declare custom columns with their types, tiers and the shop's time zone: `rules_dir` of the
    /// config, else ./rules if it exists. Nil when no rules can be read.
    func rulesAtHand() throws -> RuleSetLoader.Loaded? {
        let config = try loadConfig()
        return try? RuleSetLoader.load(
            directory: config?.rulesDir ?? "rules", channels: config?.channelDeclarations ?? ChannelDeclaration.standard
        )
    }

    /// What reading events of sources needs to know of the shop.
    func sourceTerms() throws -> SourceTerms {
        let rules = try rulesAtHand()
        let settings = rules?.sound.settings ?? Settings()
        let channels = try loadConfig()?.channelDeclarations ?? ChannelDeclaration.standard
        let terms = SourceTerms(settings, channels: channels, attributes: rules?.sound.attributeTypes ?? [:])
        return terms ?? SourceTerms(zone: settings.zone, channels: channels)
    }
}
