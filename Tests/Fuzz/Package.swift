// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// The readers of the program, compiled once more for libFuzzer. `make fuzz` builds and runs it; nothing else does.
/// Rules, Intake and Targets are links to the folders that the program and its tests are built from.
let traced: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

/// The files of Intake that write to the store.
func withDatabase() -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Intake")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { name in
        let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text?.contains("import GRDB") ?? false
    }.sorted()
}

let package = Package(
    name: "Fuzz",
    targets: [
        .systemLibrary(name: "CLibYAML", path: "CLibYAML", pkgConfig: "yaml-0.1"),
        .target(name: "Rules", dependencies: ["CLibYAML"], path: "Rules", swiftSettings: traced),
        // Of the store only what reads import files, which needs no database.
        .target(
            name: "Store", dependencies: ["Rules"], path: "Intake", exclude: withDatabase(), swiftSettings: traced),
        .executableTarget(
            name: "Fuzz", dependencies: ["Rules", "Store"], path: "Entry",
            swiftSettings: traced + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)
