import Config
import Foundation
import Kit
import Review
import Rules
import Store

/// What a tick by cron tells, since no daemon is there to tell it.
extension TickCommand {
    /// A tick for an instant that is farther from the clock catches up or tries out, and tells nobody.
    private static let present: Int64 = 600_000_000
    /// The program of `alerts` is not run once more after so long; what is left comes with the next tick.
    private static let patience = Duration.seconds(20)

    /// The rules were refused and nothing was evaluated. The store is asked for nothing but alerts; one that is not there,
    /// is older, or is a daemon's, is let be.
    func tellOfRefusal(_ words: Bilingual?, _ config: Configuration?, in settings: Settings) async {
        guard let config, config.alerts.isThere,
            let now = try? DryRunWindow.instant(at, "--at", settings),
            let url = try? options.storeURL(config), let path = try? MemberStore.filePath(of: url),
            FileManager.default.fileExists(atPath: path),
            (try? MemberStore.reading(url).hasCurrentSchema()) == true,
            let lock = try? StoreLock(databasePath: path),
            let store = try? options.open(config, ownsLock: true)
        else { return }
        let unread = Bilingual("the rules could not be read", "规则读不出来")
        await tellAlerts(config, store, refused: words ?? unread, zone: settings.zone, at: now)
        withExtendedLifetime(lock) {}
    }

    /// Whatever goes wrong here is said and changes nothing about the tick.
    func tellAlerts(
        _ config: Configuration, _ store: MemberStore, refused: Bilingual?, zone: Zone, at evaluated: Instant
    ) async {
        let now = Instant.now
        guard config.alerts.isThere, now.micros - evaluated.micros <= TickCommand.present else { return }
        do {
            let own = try OwnAlertWays(config, environment: ProcessInfo.processInfo.environment)
            let speech = Speech(language: config.language ?? Spoken.language, zone: zone)
            let look = AlertLook(own.ways, config: config, speech: speech, host: Typist.host)
            let begun = ContinuousClock.now
            let answers = try await look.run(store, refused: refused, at: now) {
                ContinuousClock.now < begun.advanced(by: TickCommand.patience)
            }
            await own.shutDown()
            for answer in answers {
                guard let fault = answer.fault else { continue }
                Console.error(
                    .say(
                        "an alert did not arrive: \(answer.way): \(fault)",
                        "通知没有送达：\(answer.way)：\(fault.chinese)"))
            }
        } catch {
            let reason = Bilingual(error)
            Console.error(.say("nobody could be told: \(reason)", "无法通知：\(reason.chinese)"))
        }
    }
}
