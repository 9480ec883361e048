// swift-tools-version: 6.1
import PackageDescription

/// The readers of the program, compiled once more for libFuzzer. `make fuzz` builds and runs it; nothing else does.
/// The modules and Targets are links to the folders that the program and its tests are built from.
let traced: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

let package = Package(
    name: "Fuzz",
    dependencies: [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")],
    targets: [
        .systemLibrary(name: "CLibYAML", path: "CLibYAML", pkgConfig: "yaml-0.1"),
        .systemLibrary(name: "CCurl", path: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CZip", path: "CZip", pkgConfig: "libzip"),
        .systemLibrary(name: "CExpat", path: "CExpat", pkgConfig: "expat"),
        .target(name: "CCurlShim", dependencies: ["CCurl"], path: "CCurlShim"),
        .target(name: "Kit", path: "Kit", swiftSettings: traced),
        .target(name: "Rules", dependencies: ["Kit", "CLibYAML"], path: "Rules", swiftSettings: traced),
        .target(
            name: "Intake",
            dependencies: ["Kit", "Rules", "CZip", "CExpat", .product(name: "Crypto", package: "swift-crypto")],
            path: "Intake", swiftSettings: traced),
        .target(
            name: "Policies", dependencies: ["Kit", "Rules", .product(name: "Crypto", package: "swift-crypto")],
            path: "Policies", swiftSettings: traced),
        .target(
            name: "Channels",
            dependencies: [
                "Kit", "Rules", "Policies", "CCurl", "CCurlShim",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            path: "Channels", swiftSettings: traced),
        .target(
            name: "Config", dependencies: ["Kit", "Rules", "Policies", "Channels"], path: "Config",
            swiftSettings: traced),
        .executableTarget(
            name: "Fuzz", dependencies: ["Kit", "Rules", "Intake", "Config"], path: "Entry",
            swiftSettings: traced + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)
