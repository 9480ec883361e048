import Engine
import Kit
import Policies
import Rules
import Store

/// One difference between what a test expects and what came.
package enum Mismatch: Sendable {
    /// Nothing like it came; `got` is the line that came instead, if any.
    case missing(Expectation, got: SimulatedLine?)
    /// It was sent or done, and nobody expected it.
    case extra(SimulatedLine)
}

/// Pairs expectations with lines, each line with one at most: as many pairs as possible, so that a vague expectation
/// takes no line away from a precise one.
struct ExpectationMatch {
    let expectations: [Expectation]
    let lines: [SimulatedLine]

    /// In the order of the expectations, then of the lines.
    var mismatches: [Mismatch] {
        var taken = pairs()
        var found: [Mismatch] = []
        for (index, expectation) in expectations.enumerated() where !taken.values.contains(index) {
            let instead = nearest(to: expectation, taken)
            if let instead { taken[instead] = index }
            found.append(.missing(expectation, got: instead.map { lines[$0] }))
        }
        for (index, line) in lines.enumerated() where taken[index] == nil && line.leavesTheHouse {
            found.append(.extra(line))
        }
        return found
    }

    /// Line → expectation.
    private func pairs() -> [Int: Int] {
        let candidates = expectations.map { expectation in lines.indices.filter { expectation.isMet(by: lines[$0]) } }
        var pairs: [Int: Int] = [:]
        func place(_ expectation: Int, _ tried: inout Set<Int>) -> Bool {
            for line in candidates[expectation] where tried.insert(line).inserted {
                guard let other = pairs[line] else {
                    pairs[line] = expectation
                    return true
                }
                if place(other, &tried) {
                    pairs[line] = expectation
                    return true
                }
            }
            return false
        }
        for expectation in expectations.indices {
            var tried: Set<Int> = []
            _ = place(expectation, &tried)
        }
        return pairs
    }

    /// The line in its place: same rule and member; the same outcome, else a final one before a wait; then the one that
    /// differs least, then the nearest in time.
    private func nearest(to expectation: Expectation, _ taken: [Int: Int]) -> Int? {
        let similar = lines.indices.filter { index in
            let line = lines[index].line
            return taken[index] == nil && (expectation.rule ?? line.rule) == line.rule
                && (expectation.member ?? line.member) == line.member
        }
        func distance(_ index: Int) -> (Int, Int, Int64) {
            let line = lines[index].line
            let isInterim = line.outcome == .waiting || line.outcome == .notDue
            let rank = line.outcome.rawValue == expectation.outcome ? 0 : isInterim ? 2 : 1
            let apart = expectation.at.map { abs($0.micros - line.at.micros) } ?? 0
            return (rank, expectation.differences(from: lines[index]).count, apart)
        }
        return similar.min { distance($0) < distance($1) }
    }
}

extension SimulatedLine {
    var leavesTheHouse: Bool { [.sent, .taskCreated, .done].contains(line.outcome) }
}

extension Expectation {
    func isMet(by line: SimulatedLine) -> Bool { differences(from: line).isEmpty }

    /// The keys whose values do not agree.
    func differences(from line: SimulatedLine) -> [String] {
        var keys: [String] = []
        if let at, at != line.line.at { keys.append("at") }
        if let rule, rule != line.line.rule { keys.append("rule") }
        if let member, member != line.line.member { keys.append("member") }
        if outcome != line.line.outcome.rawValue { keys.append("outcome") }
        if let until, until != line.line.until { keys.append("until") }
        if let reason, !reason.agrees(with: line.because) { keys.append("because") }
        if case .object(let members) = line.json {
            for field in fields {
                let got = members.first { $0.key == field.key }?.value ?? .null
                if !field.agrees(with: got) { keys.append(field.key) }
            }
        }
        return keys
    }
}

extension Expectation.Reason {
    func agrees(with because: [JSONText.Member]) -> Bool {
        switch self {
        case .code(let key): because.first?.key == key
        case .pairs(let entries):
            entries.allSatisfy { entry in
                because.first { $0.key == entry.key }.map { TestFileMatch.matches(entry.value, $0.value) } ?? false
            }
        }
    }
}

extension YAMLNode.Entry {
    /// Whether a key of an expectation agrees with the line's value for it.
    func agrees(with got: JSONText) -> Bool {
        key == "effects" ? TestFileMatch.isAmong(value, got) : TestFileMatch.matches(value, got)
    }
}
