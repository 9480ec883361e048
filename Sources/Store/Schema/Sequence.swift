/// The one counter behind every "before" and "after" of a store (`meta.seq`). Numbers grow in the order in which they are
/// taken, and some may be left out.
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

/// Numbers that are taken together for decisions that are made together: the counter is written once for all of them.
/// It lives no longer than its transaction, and is filled only where no savepoint can take the counter back alone.
final class SequenceBlock {
    private var left: ClosedRange<Int64>?

    func fill(_ count: Int, from sequence: Sequence) throws {
        if left == nil { left = try sequence.next(max(count, 1)) }
    }

    /// The next of the block, else of the counter.
    func next(_ sequence: Sequence) throws -> Int64 {
        guard let block = left else { return try sequence.next() }
        left = block.lowerBound < block.upperBound ? (block.lowerBound + 1)...block.upperBound : nil
        return block.lowerBound
    }
}
