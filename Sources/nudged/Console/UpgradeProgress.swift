import ArgumentParser
import Kit
import Review
import Store

/// Says on standard error that a store of an earlier version is brought up: a line while it goes on, and what became of
/// it, which stays.
final class UpgradeProgress {
    private var line: ProgressLine?

    func show(_ step: StoreUpgrade.Step) {
        let words = UpgradeWording.words(step).spoken
        switch step {
        case .copying, .migrating:
            let line = line ?? ProgressLine(words)
            self.line = line
            line.say(words)
        case .copied, .done:
            finish()
            Console.error(words)
        }
    }

    func finish() {
        line?.finish()
        line = nil
    }
}

/// `--no-copy`, of the commands that may be the first of a new version.
struct UpgradeOptions: ParsableArguments {
    @Flag(
        name: .customLong("no-copy"),
        help: .say(
            "Bring a store of an earlier version up without a copy beside it: there is no way back.",
            "升级较早版本的数据库时不在旁边留副本：无法退回。"))
    var withoutCopy = false

    var copying: StoreUpgrade.Copying { withoutCopy ? .none : .beside }
}
