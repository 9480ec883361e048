/// The one counter behind every "before" and "after" of a store (`meta.seq`). Numbers grow in the order in which they
/// are taken; some may be skipped.
struct Sequence {
    let db: Session

    func next() throws -> Int64 { try next(1).upperBound }

    /// The next `count` values at once.
    func next(_ count: Int) throws -> ClosedRange<Int64> {
        let last: Int64 =
            try db.value("UPDATE meta SET value = value + ? WHERE key = 'seq' RETURNING value", [count]) ?? 0
        return (last - Int64(count) + 1)...last
    }
}

/// A block of numbers for decisions that are made together, so that the counter is written once for all of them. It
/// lives no longer than its transaction, and is filled only where no savepoint can roll the counter back alone.
final class SequenceBlock {
    private var left: ClosedRange<Int64>?

    func fill(_ count: Int, from sequence: Sequence) throws {
        if left == nil { left = try sequence.next(max(count, 1)) }
    }

    /// The next number of the block, or of the counter when the block is used up.
    func next(_ sequence: Sequence) throws -> Int64 {
        guard let block = left else { return try sequence.next() }
        left = block.lowerBound < block.upperBound ? (block.lowerBound + 1)...block.upperBound : nil
        return block.lowerBound
    }

    /// So many numbers without a gap, of the block where it has them.
    /// - Returns: the first of them.
    func next(_ count: Int, in sequence: Sequence) throws -> Int64 {
        guard let block = left, block.upperBound - block.lowerBound >= Int64(count) else {
            return try sequence.next(count).lowerBound
        }
        left = (block.lowerBound + Int64(count))...block.upperBound
        return block.lowerBound
    }
}
