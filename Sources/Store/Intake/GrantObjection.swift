import Kit

/// Why a grant was not written.
package enum GrantObjection: Sendable, Hashable {
    /// A refusal stands against a grant without a date, and against one of the very same instant.
    case refused
    /// After an erasure a grant needs something that proves it.
    case unproven

    package var words: Bilingual {
        switch self {
        case .refused:
            Bilingual(
                "a refusal holds, and the grant is not dated later than it: give the `at` of a later one",
                "已有拒绝，而这次同意没有写明更晚的时间：请用 `at` 写明晚于拒绝的时间")
        case .unproven:
            Bilingual(
                "somebody with this id or address was erased: give the `source` or the `proof` of the new consent",
                "使用这个编号或地址的人已被删除：请写明新同意的 `source` 或 `proof`")
        }
    }
}
