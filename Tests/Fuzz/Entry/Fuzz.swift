import Foundation

/// `Fuzz TARGET …` is libFuzzer's own command line behind the name of a target; `Fuzz TARGET --seeds ROOT FOLDER`
/// writes what it begins with: FOLDER/seeds and FOLDER/words.dict.
@main
enum Fuzz {
    nonisolated(unsafe) fileprivate static var chosen = FuzzTarget.files

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments[1]) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " | ")
            FileHandle.standardError.write(Data("usage: Fuzz \(names) [libFuzzer's arguments]\n".utf8))
            exit(2)
        }
        if arguments.count == 5, arguments[2] == "--seeds" {
            return try write(target, root: URL(filePath: arguments[3]), to: URL(filePath: arguments[4]))
        }
        chosen = target
        let rest = [arguments[0]] + arguments.dropFirst(2)
        var pointers: [UnsafeMutablePointer<CChar>?] = rest.map { strdup($0) } + [nil]
        var count = Int32(rest.count)
        exit(
            pointers.withUnsafeMutableBufferPointer { buffer in
                var base = buffer.baseAddress
                return runDriver(&count, &base, oneInput)
            })
    }

    private static func write(_ target: FuzzTarget, root: URL, to folder: URL) throws {
        let seeds = folder.appending(path: "seeds")
        try FileManager.default.createDirectory(at: seeds, withIntermediateDirectories: true)
        for (index, bytes) in try FuzzSeeds.inputs(target, root: root).enumerated() {
            try Data(bytes).write(to: seeds.appending(path: "seed-\(index)"))
        }
        // libFuzzer takes words of at most 128 bytes.
        let lines = FuzzSeeds.words.map { word in
            "\"" + word.utf8.prefix(128).map { "\\x" + hex($0) }.joined() + "\"\n"
        }
        try Data(lines.joined().utf8).write(to: folder.appending(path: "words.dict"))
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}

/// By its usual name, because libFuzzer's archive asks for it.
@_cdecl("LLVMFuzzerTestOneInput")
func oneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    Fuzz.chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
