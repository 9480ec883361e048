// swift-tools-version: 6.1
import PackageDescription

/// Every warning is an error, and every import must be declared: a module exists to forbid an import.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-warnings-as-errors"]),
]

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "nudged",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CCurlShim", dependencies: ["CCurl"]),
        .target(name: "Rules", dependencies: ["CLibYAML"], swiftSettings: strict),
        .target(
            name: "Policies",
            dependencies: ["Rules", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Store",
            dependencies: [
                "Rules", "Policies",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "Channels", dependencies: ["Rules", "CCurl", "CCurlShim"], swiftSettings: strict),
        .target(
            name: "Daemon",
            dependencies: [
                "Rules", "Policies", "Store", "Channels",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "nudged",
            dependencies: [
                "Rules", "Policies", "Store", "Channels", "Daemon",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Store", "Policies", "Rules"], path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("RulesTests", ["Rules"], exclude: ["Template/liquid-cases.json", "corpus"]),
        // What `make fuzz` runs for longer, from a package of its own in Tests/Fuzz.
        tests("FuzzTests", ["Store", "Rules"]),
        tests("PoliciesTests", ["Policies", "Rules"]),
        tests(
            "StoreTests", ["TestSupport", "Store", "Policies", "Rules", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("ChannelsTests", ["TestSupport", "Channels", "Rules"]),
        tests(
            "DaemonTests",
            [
                "TestSupport", "Daemon", "Store", "Channels", "Policies", "Rules",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        tests("ScenarioTests", ["nudged", "TestSupport", "Daemon", "Store", "Policies", "Channels", "Rules"]),
    ]
)
