import Foundation
import Testing

@testable import Rules

/// A few inputs of each target in every run of the tests; `make fuzz` goes on from there with libFuzzer.
@Suite("Whatever is read", .serialized)
struct FuzzTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("comes back as findings, however it was changed", arguments: FuzzTarget.allCases)
    func mutations(_ target: FuzzTarget) throws {
        let seeds = try FuzzSeeds.inputs(target, root: Self.root)
        #expect(seeds.count >= 10)
        // Said before, because a trap says nothing: NUDGED_FUZZ_SEED repeats it.
        let seed = ProcessInfo.processInfo.environment["NUDGED_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        print("fuzzing \(target.rawValue) with seed \(seed)")
        var mutator = Mutator(seed: seed, seeds: seeds, words: FuzzSeeds.words)
        var different: Set<[UInt8]> = []
        for _ in 0..<100 {
            let input = mutator.next()
            different.insert(input)
            target.run(input)
        }
        #expect(different.count > 50)
    }

    @Test("is mutated by the words of the language")
    func words() {
        for word in ["days_before:", "member.tier", "marketing", "R201", "cart_idle:"] {
            #expect(FuzzSeeds.words.contains(word))
        }
        #expect(FuzzSeeds.words.count > 400)
    }
}
