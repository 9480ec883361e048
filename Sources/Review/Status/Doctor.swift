import Config
import Foundation
import Glibc
import Kit
import Rules
import Store

/// What `nudged doctor` looked at, one thing a line.
package struct DoctorFinding: Sendable, Hashable {
    package enum Level: String, Sendable, CaseIterable {
        case ok
        /// Worth knowing; it keeps nothing from working.
        case warning
        /// It keeps something from working.
        case error
    }
    /// A word that scripts may match.
    package var code: String
    package var level: Level
    package var words: Bilingual
    /// What to do; nil where all is well.
    package var remedy: Bilingual?

    package init(_ code: String, _ level: Level, _ words: Bilingual, remedy: Bilingual? = nil) {
        (self.code, self.level, self.words, self.remedy) = (code, level, words, remedy)
    }
}

/// Looks at a machine and its files; writes nothing and sends nothing.
package struct Doctor {
    /// The versions of libraries that are not this module's to ask.
    package struct Libraries: Sendable {
        package var nudged: String
        package var curl: String
        package init(nudged: String, curl: String) { (self.nudged, self.curl) = (nudged, curl) }
    }

    private let file: YAMLFile?
    private let config: Configuration?
    /// Nil where there is none yet, or it cannot be opened.
    private let store: MemberStore?
    private let fault: (any Error)?
    private let now: Instant
    private let environment: [String: String]

    /// - Parameter fault: why a store that is there cannot be opened.
    package init(
        _ file: YAMLFile?, _ config: Configuration?, _ store: MemberStore?, notOpenedFor fault: (any Error)?,
        environment: [String: String], at now: Instant
    ) {
        (self.file, self.config, self.store, self.fault) = (file, config, store, fault)
        (self.environment, self.now) = (environment, now)
    }

    package func findings(_ libraries: Libraries) throws -> [DoctorFinding] {
        try versions(libraries) + clock() + [zoneData(), calendar()] + files() + configuration() + people()
    }

    // MARK: versions and time

    private func versions(_ libraries: Libraries) -> [DoctorFinding] {
        let curl = libraries.curl.split(separator: " ").prefix(2).joined(separator: " ")
        let words = "nudged \(libraries.nudged), \(curl), libyaml \(YAMLReader.library), SQLite \(SQLiteVersion.text)"
        let all = DoctorFinding("versions", .ok, Bilingual(same: words))
        guard SQLiteVersion.hasResetRace else { return [all] }
        return [
            all,
            DoctorFinding(
                "sqlite", .warning,
                Bilingual(
                    "SQLite \(SQLiteVersion.text) has the race of a restarting log that 3.51.3 mended; nudged keeps clear of it, other programs may not",
                    "SQLite \(SQLiteVersion.text) 有 3.51.3 才修复的日志重启竞争；nudged 会避开，其他程序不一定"),
                remedy: Bilingual(
                    "let no other program write or check-point the store; update libsqlite3 when there is one",
                    "不要让其他程序写入数据库或对其做检查点；有新版本时升级 libsqlite3")),
        ]
    }

    private func clock() throws -> [DoctorFinding] {
        var found: [DoctorFinding] = []
        let hold = try store?.clockHoldNow()
        if let future = hold?.future(at: now) {
            found.append(
                DoctorFinding(
                    "clock", .error,
                    Bilingual(
                        "the clock shows \(now.utcText), and the rules were evaluated until \(future.utcText)",
                        "时钟是 \(now.utcText)，而规则已经计算到 \(future.utcText)"),
                    remedy: Bilingual(
                        "set the clock right, then `nudged release --clock`", "校准时钟，然后 `nudged release --clock`")))
        } else {
            found.append(
                DoctorFinding(
                    "clock", .ok,
                    Bilingual("the clock is not behind the store", "时钟没有落后于数据库的记录")))
        }
        switch TimeService.isKeepingClock {
        case false:
            found.append(
                DoctorFinding(
                    "ntp", .warning,
                    Bilingual("the kernel says that no time service keeps the clock", "内核报告时钟没有与时间服务同步"),
                    remedy: Bilingual(
                        "`timedatectl set-ntp true`, or run chrony: quiet hours go by this clock",
                        "`timedatectl set-ntp true` 或运行 chrony：免打扰时段按这个时钟")))
        case true:
            found.append(
                DoctorFinding("ntp", .ok, Bilingual("the clock is kept by a time service", "时钟已与时间服务同步")))
        case nil: break
        }
        return found
    }

    private func zoneData() -> DoctorFinding {
        let version = Zone.dataVersion
        let words = Bilingual("zone data \(version)", "时区数据 \(version)")
        let year = Int(version.prefix(4)) ?? 0
        guard Zone(named: "Asia/Shanghai") != nil, Zone.utc.date(of: now).civil.year - year <= 2 else {
            return DoctorFinding(
                "zones", .warning,
                Bilingual("the zone data are missing or old: \(version)", "时区数据缺失或过旧：\(version)"),
                remedy: Bilingual("`apt-get install tzdata`", "`apt-get install tzdata`"))
        }
        return DoctorFinding("zones", .ok, words)
    }

    private func calendar() -> DoctorFinding {
        let year = Zone.utc.date(of: now).civil.year
        guard ChineseCalendar.supportedYears.contains(year + 1) else {
            return DoctorFinding(
                "calendar", .error,
                Bilingual("the Chinese calendar ends before \(year + 1)", "农历数据不到 \(year + 1) 年"),
                remedy: Bilingual("update nudged", "升级 nudged"))
        }
        return DoctorFinding(
            "calendar", .ok,
            Bilingual("the Chinese calendar covers \(year + 1)", "农历数据覆盖 \(year + 1) 年"))
    }

    // MARK: files

    private static let least: Int64 = 512 << 20

    private func files() throws -> [DoctorFinding] {
        if let fault {
            return [DoctorFinding("store", .error, Bilingual(fault), remedy: Doctor.remedy(for: fault))]
        }
        guard let store, let path = store.path else {
            // What names the store cannot be read, which is said below.
            if config == nil, file != nil { return [] }
            return [
                DoctorFinding(
                    "store", .warning, Bilingual("there is no store yet", "还没有数据库"),
                    remedy: Bilingual("`nudged import` or `nudged run` makes one", "`nudged import` 或 `nudged run` 会创建")
                )
            ]
        }
        return try [disk(path)] + permissions(path) + [encryption(of: store)]
    }

    /// A backup is for a damaged store alone: one whose key is missing, or that this user may not read, is whole.
    private static func remedy(for fault: any Error) -> Bilingual {
        let error = fault as? MemberStore.OpenError
        switch error.map(\.trouble) ?? StoreTrouble(fault) {
        case nil where error != nil:
            return Bilingual("what it holds is whole: no backup is needed", "数据没有损坏，不需要恢复备份")
        case .denied:
            return Bilingual(
                "run nudged as the user of the service; what the store holds is whole",
                "请用服务所用的用户运行 nudged；数据没有损坏")
        case .busy, .full: return Bilingual("then try again; nothing is lost", "之后再试；数据没有丢失")
        default:
            return Bilingual("`nudged verify` says more; else restore a backup", "`nudged verify` 有更多说明；否则请恢复备份")
        }
    }

    private func encryption(of store: MemberStore) throws -> DoctorFinding {
        let keeping = try StoreKeeping(store)
        if let trouble = keeping.trouble {
            return DoctorFinding(
                "encryption", keeping.isRefused ? .error : .warning, trouble.words, remedy: trouble.remedy)
        }
        guard case .encrypted(let key) = keeping else {
            return DoctorFinding(
                "encryption", .ok,
                Bilingual(
                    "the store is not encrypted; `store.key` in nudged.yaml would do it",
                    "数据库没有加密；在 nudged.yaml 里写 `store.key` 可以加密"))
        }
        return DoctorFinding(
            "encryption", .ok, Bilingual("the store is encrypted (key \(key))", "数据库已加密（密钥 \(key)）"))
    }

    private func disk(_ path: String) -> DoctorFinding {
        let free = StoreFile.freeBytes(of: path)
        let words = free.map(StatusWording.size) ?? "?"
        guard let free, free < Doctor.least else {
            return DoctorFinding("disk", .ok, Bilingual("free on the store's disk: \(words)", "数据库所在磁盘剩余：\(words)"))
        }
        return DoctorFinding(
            "disk", .error, Bilingual("free on the store's disk: only \(words)", "数据库所在磁盘只剩：\(words)"),
            remedy: Bilingual("make room: a full disk stops all sending", "腾出空间：磁盘写满会停止一切发送"))
    }

    private func permissions(_ path: String) -> [DoctorFinding] {
        let open = ["", "-wal", "-shm", ".mark", ".lock", ".writers", ".erasures", ".partial"].map { path + $0 }.filter
        { file in
            var status = stat()
            return stat(file, &status) == 0 && status.st_mode & 0o077 != 0
        }
        guard !open.isEmpty else {
            return [DoctorFinding("permissions", .ok, Bilingual("only its owner reads the store", "只有属主能读数据库"))]
        }
        let names = open.joined(separator: " ")
        return [
            DoctorFinding(
                "permissions", .error,
                Bilingual("others may read members' data: \(names)", "其他用户能读到会员数据：\(names)"),
                remedy: Bilingual("`chmod 600 \(names)`", "`chmod 600 \(names)`"))
        ]
    }

    // MARK: configuration and data

    private func configuration() throws -> [DoctorFinding] {
        guard let file else {
            return [
                DoctorFinding(
                    "config", .warning, Bilingual("no nudged.yaml is named", "没有指明 nudged.yaml"),
                    remedy: Bilingual("--config FILE", "--config 文件"))
            ]
        }
        let loaded: RuleSetLoader.Loaded
        do { loaded = try StartCheck(file, environment: environment).run() } catch let refusal as RuleSetLoader.Refusal
        {
            return [DoctorFinding("config", .error, refusal.words, remedy: Doctor.check(file))]
        }
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        guard let first = errors.first else {
            return holidays(of: loaded.sound) + [
                DoctorFinding(
                    "config", .ok,
                    Bilingual(
                        "\(file.path), its secrets and the rules can be used", "\(file.path)、其中的密钥和规则都可用"))
            ]
        }
        return [
            DoctorFinding(
                "config", .error,
                Bilingual(
                    "\(errors.count) errors in \(file.path) and the rules, the first: \(first.short)",
                    "\(file.path) 和规则里有 \(errors.count) 个错误，第一个：\(first.short(in: .chinese))"),
                remedy: Doctor.check(file))
        ]
    }

    /// Rules of workdays need the holidays of the year, which are announced anew for each; in December the next one's too.
    private func holidays(of set: RuleSet) -> [DoctorFinding] {
        let rules = set.rules.filter { rule in
            guard case .schedule(.workdays, _) = rule.trigger else { return false }
            return rule.status == .live || rule.status == .shadow
        }
        guard let first = rules.first else { return [] }
        let today = set.settings.zone.date(of: now).civil
        let years = today.month == 12 ? [today.year, today.year + 1] : [today.year]
        let missing = years.filter { year in
            !set.settings.workCalendar.holidays.contains {
                $0.lowerBound.civil.year == year || $0.upperBound.civil.year == year
            }
        }
        guard let year = missing.first else {
            return [
                DoctorFinding("holidays", .ok, Bilingual("settings.yaml has the holidays", "settings.yaml 里有节假日"))
            ]
        }
        return [
            DoctorFinding(
                "holidays", .warning,
                Bilingual(
                    "settings.yaml has no holidays of \(year): `\(first.id)` counts Monday to Friday as workdays",
                    "settings.yaml 里没有 \(year) 年的节假日：`\(first.id)` 把周一到周五都算作工作日"),
                remedy: Bilingual(
                    "add them under `holidays` and `workdays` of settings.yaml",
                    "在 settings.yaml 的 `holidays` 和 `workdays` 下补上"))
        ]
    }

    private static func check(_ file: YAMLFile) -> Bilingual {
        Bilingual("`nudged check --config \(file.path)` shows all", "`nudged check --config \(file.path)` 列出全部")
    }

    private func people() throws -> [DoctorFinding] {
        guard let count = try store?.phonesAsIDs(), count > 0 else { return [] }
        return [
            DoctorFinding(
                "phones_as_ids", .warning,
                Bilingual(
                    "mobile numbers are used as ids of members: at least \(count)", "有手机号被用作会员编号：至少 \(count) 个"),
                remedy: Bilingual(
                    "give members ids of their own: an id stands in logs and lists, and numbers change hands",
                    "请给会员独立的编号：编号会出现在日志和清单里，而号码会换人"))
        ]
    }
}

/// What the kernel says of the clock (adjtimex(2)).
private enum TimeService {
    /// The answer of a kernel whose clock nobody keeps.
    private static let unkept: Int32 = 5
    /// No less than a `struct timex` has on any machine.
    private static let size = 512

    /// Nil where the kernel does not say. The call is looked up by its name, because its header is in no module.
    static var isKeepingClock: Bool? {
        typealias Asking = @convention(c) (UnsafeMutableRawPointer) -> Int32
        guard let symbol = dlsym(nil, "adjtimex") else { return nil }
        let ask = unsafeBitCast(symbol, to: Asking.self)
        let state = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { state.deallocate() }
        // Zeros ask and change nothing.
        state.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        let answer = ask(state)
        return answer < 0 ? nil : answer != unkept
    }
}

/// Words for `nudged doctor`.
package struct DoctorWording {
    private let language: Language

    package init(_ language: Language) { self.language = language }

    package func line(_ finding: DoctorFinding) -> String {
        let mark =
            switch finding.level {
            case .ok: language == .chinese ? "正常" : "ok"
            case .warning: language == .chinese ? "注意" : "warning"
            case .error: language == .chinese ? "错误" : "error"
            }
        return Columns.padded(mark, 9) + finding.words.text(language)
            + (finding.remedy.map { "\n" + Columns.padded("", 9) + "→ " + $0.text(language) } ?? "")
    }

    package func json(_ finding: DoctorFinding) -> JSONText {
        .object([
            "code": .text(finding.code), "level": .text(finding.level.rawValue), "words": .text(finding.words.english),
            "remedy": finding.remedy.map { .text($0.english) } ?? .null,
        ])
    }
}
