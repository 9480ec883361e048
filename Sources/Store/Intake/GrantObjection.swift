import Kit

/// Why a grant was not written, or changes nothing though it was.
package enum GrantObjection: Sendable, Hashable {
    /// A refusal stands against a grant without a date, and against one of the very same instant.
    case refused
    /// After an erasure a grant needs something that proves it.
    case unproven
    /// It is kept, and a refusal that is no earlier than it holds.
    case outlived

    /// Whether nothing of it was written.
    package var isUnwritten: Bool { self != .outlived }

    package var words: Bilingual {
        switch self {
        case .refused:
            Bilingual(
                "a refusal holds, and the grant is not dated later than it: give the `at` of a later one",
                "已有拒绝，而这次同意没有写明更晚的时间：请用 `at` 写明晚于拒绝的时间")
        case .outlived:
            Bilingual(
                "kept on record; a refusal that is no earlier holds: only a grant that is dated later ends it",
                "已记录；但有一次不早于它的拒绝仍然有效：只有时间更晚的同意才能解除")
        case .unproven:
            Bilingual(
                "somebody with this id or address was erased: give the `source` or the `proof` of the new consent",
                "使用这个编号或地址的人已被删除：请写明新同意的 `source` 或 `proof`")
        }
    }
}
