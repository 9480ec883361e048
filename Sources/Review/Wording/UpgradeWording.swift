import Kit
import Store

/// Words for a store that is brought up.
package enum UpgradeWording {
    package static func words(_ step: StoreUpgrade.Step) -> Bilingual {
        switch step {
        case .copying(let share):
            let percent = Int((share * 100).rounded(.down))
            return Bilingual("copying the store before its upgrade \(percent) %", "升级前正在备份数据库 \(percent) %")
        case .copied(let path):
            return Bilingual("the store as it was is kept: \(path)", "升级前的数据库留有副本：\(path)")
        case .migrating(let name, let number, let count):
            return Bilingual(
                "bringing the store up to this version: step \(number) of \(count), \(name)",
                "正在升级数据库：第 \(number) 步，共 \(count) 步，\(name)")
        case .done(let from, _):
            return Bilingual(
                "the store is brought up from \(from) to \(MemberStore.schema)",
                "数据库已从 \(from) 升级到 \(MemberStore.schema)")
        }
    }
}
