// swift-tools-version: 6.1
import PackageDescription

/// The readers of the program, compiled once more for libFuzzer. `make fuzz` builds and runs it; nothing else does.
/// Kit, Rules, Intake and Targets are links to the folders that the program and its tests are built from.
let traced: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

let package = Package(
    name: "Fuzz",
    targets: [
        .systemLibrary(name: "CLibYAML", path: "CLibYAML", pkgConfig: "yaml-0.1"),
        .target(name: "Kit", path: "Kit", swiftSettings: traced),
        .target(name: "Rules", dependencies: ["Kit", "CLibYAML"], path: "Rules", swiftSettings: traced),
        .target(name: "Intake", dependencies: ["Kit", "Rules"], path: "Intake", swiftSettings: traced),
        .executableTarget(
            name: "Fuzz", dependencies: ["Kit", "Rules", "Intake"], path: "Entry",
            swiftSettings: traced + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)
