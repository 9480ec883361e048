import Foundation

/// Repeatable chance with the skewed distributions of real shops. The same seed gives the same shop on every machine.
struct DemoRandom: RandomNumberGenerator {
    private var state: UInt64

    /// `stream` keeps members apart: one more order of a member changes nothing for the next.
    init(seed: Int, stream: Int) {
        state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(stream)) << 20
        _ = next()
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0..<1.
    mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func happens(_ probability: Double) -> Bool { share() < probability }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(next() % UInt64(items.count))] }

    /// Items at the front are picked most: weight 1/rank.
    mutating func pickSkewed<Item>(_ items: [Item]) -> Item {
        let weights = items.indices.map { 1 / Double($0 + 1) }
        var rest = share() * weights.reduce(0, +)
        for (item, weight) in zip(items, weights) {
            rest -= weight
            if rest < 0 { return item }
        }
        return items[0]
    }

    mutating func normal() -> Double {
        let radius = (-2 * log(1 - share())).squareRoot()
        return radius * cos(2 * .pi * share())
    }

    mutating func exponential(mean: Double) -> Double { -mean * log(1 - share()) }

    mutating func logNormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }

    mutating func poisson(mean: Double) -> Int {
        var count = 0
        var rest = mean - exponential(mean: 1)
        while rest > 0 {
            count += 1
            rest -= exponential(mean: 1)
        }
        return count
    }

    /// Many have none, a few have dozens: a Poisson count whose mean is itself spread by a gamma of this shape.
    mutating func negativeBinomial(shape: Double, mean: Double) -> Int {
        poisson(mean: gamma(shape: shape) * mean / shape)
    }

    /// Marsaglia and Tsang's method; below shape 1 with their boost.
    private mutating func gamma(shape: Double) -> Double {
        if shape < 1 { return gamma(shape: shape + 1) * pow(1 - share(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = pow(1 + c * x, 3)
            guard v > 0 else { continue }
            if log(1 - share()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }
}
