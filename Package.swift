// swift-tools-version: 6.1
import PackageDescription

/// Every warning is an error, and every import must be declared: a module exists to forbid an import.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-warnings-as-errors"]),
]

/// What `nudged --version` says that it was built from; `make release` names it.
let commit = Context.environment["NUDGED_COMMIT"].flatMap { text in
    !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } ? text : nil
}

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
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .target(name: "CCurlShim", dependencies: ["CCurl"]),
        // OpenSSL's libcrypto, of Debian's libssl-dev; libcurl brings it along in any case.
        .target(name: "CStoreCipher", linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("sqlite3")]),
        .target(name: "CBuild", cSettings: commit.map { [.define("NUDGED_COMMIT", to: "\"\($0)\"")] } ?? []),
        .target(name: "Kit", swiftSettings: strict),
        .target(name: "Rules", dependencies: ["Kit", "CLibYAML"], swiftSettings: strict),
        .target(
            name: "Intake",
            dependencies: ["Kit", "Rules", "CZip", "CExpat", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Policies",
            dependencies: ["Kit", "Rules", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Store",
            dependencies: [
                "Kit", "Rules", "Policies", "Intake", "CStoreCipher",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Engine", dependencies: ["Kit", "Rules", "Policies", "Intake", "Store"], swiftSettings: strict),
        .target(
            name: "Channels",
            dependencies: [
                "Kit", "Rules", "Policies", "CCurl", "CCurlShim",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Config", dependencies: ["Kit", "Rules", "Intake", "Policies", "Channels"], swiftSettings: strict),
        .target(
            name: "Review",
            dependencies: ["Kit", "Rules", "Policies", "Intake", "Store", "Engine", "Channels", "Config"],
            swiftSettings: strict),
        .target(
            name: "Gateway",
            dependencies: [
                "Kit", "Rules", "Policies", "Intake", "Channels", "Config", "Review", "Store", "CZlib",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Daemon",
            dependencies: [
                "Kit", "Rules", "Policies", "Intake", "Store", "Engine", "Review", "Channels", "Config", "Gateway",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "nudged",
            dependencies: [
                "Kit", "Rules", "Policies", "Intake", "Store", "Engine", "Review", "Channels", "Config", "Daemon",
                "Gateway", "CBuild",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Measures parts of the program within one process, for Benchmarks; it is not installed.
        .executableTarget(
            name: "bench-parts", dependencies: ["Kit", "Rules", "Policies", "Store", "Engine", "Review"],
            path: "Benchmarks/parts", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Review", "Engine", "Store", "Intake", "Policies", "Rules", "Kit"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        tests(
            "RulesTests", ["Config", "Channels", "Intake", "Policies", "Rules", "Kit"],
            exclude: ["Template/liquid-cases.json", "corpus"]),
        // What `make fuzz` runs for longer, from a package of its own in Tests/Fuzz.
        tests("FuzzTests", ["Config", "Intake", "Rules", "Kit"]),
        tests("PoliciesTests", ["Policies", "Rules", "Kit"]),
        tests(
            "StoreTests",
            [
                "TestSupport", "Review", "Engine", "Store", "Intake", "Policies", "Rules", "Kit",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests(
            "ChannelsTests", ["TestSupport", "Channels", "Policies", "Rules", "Kit"], exclude: ["channel-vectors.json"]),
        tests(
            "GatewayTests",
            [
                "TestSupport", "Gateway", "Channels", "Config", "Review", "Store", "Intake", "Policies", "Rules", "Kit",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "DaemonTests",
            [
                "TestSupport", "Daemon", "Gateway", "Review", "Config", "Store", "Engine", "Intake", "Channels",
                "Policies", "Rules", "Kit",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            "ScenarioTests",
            [
                "nudged", "TestSupport", "Daemon", "Review", "Store", "Engine", "Intake", "Policies", "Channels",
                "Rules", "Kit",
            ], exclude: ["Slips", "Shops"]),
    ]
)
