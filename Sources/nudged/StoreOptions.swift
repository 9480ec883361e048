import ArgumentParser
import Daemon
import Foundation
import Rules
import Store

/// `--config` and `--store`: which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(help: "The operators' file (default ./nudged.yaml).")
    var config: String?

    @Option(help: "The store itself, as sqlite:/path/to/nudged.db; needs no config.")
    var store: String?

    static let standardConfig = "nudged.yaml"

    /// The config named, or ./nudged.yaml when it is there.
    func loadConfig() throws -> Config? {
        if let config { return try ConfigFile.read(config) }
        guard store == nil, FileManager.default.fileExists(atPath: StoreOptions.standardConfig) else { return nil }
        return try ConfigFile.read(StoreOptions.standardConfig)
    }

    func storeURL(_ config: Config?) throws -> String {
        if let store { return store }
        if let config { return config.storeURL }
        throw Failure(
            .couldNotRun,
            "no store is named: there is no ./nudged.yaml; give --config FILE or --store sqlite:/path/nudged.db")
    }

    /// As durable as the config says; throws `MemberStore.OpenError`.
    func open(_ config: Config?, ownsLock: Bool = false) throws -> MemberStore {
        try MemberStore.open(
            url: try storeURL(config), durability: config?.durability ?? .full, ownsLock: ownsLock)
    }

    func openStore() throws -> MemberStore {
        do {
            return try open(try loadConfig())
        } catch let error as MemberStore.OpenError {
            throw Failure(.couldNotRun, error.description)
        }
    }
}
