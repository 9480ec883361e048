// swift-tools-version: 6.1
import PackageDescription

/// The readers of the program, compiled once more for libFuzzer. `make fuzz` builds and runs it; nothing else does.
/// Rules, Intake and Targets are links to the folders that the program and its tests are built from.
let traced: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

let package = Package(
    name: "Fuzz",
    targets: [
        .systemLibrary(name: "CLibYAML", path: "CLibYAML", pkgConfig: "yaml-0.1"),
        .target(name: "Rules", dependencies: ["CLibYAML"], path: "Rules", swiftSettings: traced),
        // Of the store only what reads import files, which needs no database.
        .target(
            name: "Store", dependencies: ["Rules"], path: "Intake",
            exclude: [
                "ImportSummary.swift", "Importer.swift", "LatestEvents.swift", "RowTable.swift", "RowWriter.swift",
                "RowWriter+carts.swift", "RowWriter+consents.swift", "RowWriter+events.swift",
                "RowWriter+holdings.swift", "RowWriter+members.swift", "RowWriter+orders.swift", "SpineEvent.swift",
            ],
            swiftSettings: traced),
        .executableTarget(
            name: "Fuzz", dependencies: ["Rules", "Store"], path: "Entry",
            swiftSettings: traced + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)
