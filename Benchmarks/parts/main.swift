import Engine
import Kit
import Policies
import Review
import Rules
import Store

// Measures parts of a tick within one process, as a daemon runs them, where everything is prepared and warm. Prints one
// JSON object for each figure.
//
//   bench-parts render RULES             the texts of a folder of rules: µs for one
//   bench-parts empty RULES STORE AT     ticks in which nothing is due, from that instant on: ms for one

struct Refusal: Error, CustomStringConvertible {
    let description: String
}

func planned(_ folder: String) throws -> (RuleSetLoader.Loaded, PlannedSet) {
    let loaded = try RuleSetLoader.load(directory: folder, channels: ChannelDeclaration.standard)
    guard let set = loaded.set else { throw Refusal(description: "the rules in \(folder) have errors") }
    return (loaded, PlannedSet(set, rules: set.rules, channels: ChannelDeclaration.standard))
}

/// The median of `runs` runs, in microseconds.
func median(of runs: Int, _ body: () throws -> Double) rethrows -> Double {
    var times: [Double] = []
    for _ in 0..<runs { times.append(try body()) }
    return times.sorted()[runs / 2]
}

func microseconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .microseconds(1)
}

func tell(_ name: String, _ value: Double, _ unit: String) {
    print(JSONText.object(["part": .text(name), unit: .number((value * 1000).rounded() / 1000)]).rendered)
}

/// Values as a message to a member has them, by the type of the placeholder.
func value(of placeholder: Placeholder) -> TemplateValue {
    switch placeholder.type {
    case .money: .money(23_880)
    case .number: .number(1_200)
    case .date: .date(LocalDate(days: 20_619))
    case .instant: .instant(Instant(micros: 1_781_488_800_000_000))
    default: .text("王女士")
    }
}

func render(_ folder: String) throws {
    let together = 1000
    let (_, planned) = try planned(folder)
    let zone = planned.set.settings.zone
    for template in planned.set.templates.values.sorted(by: { $0.id < $1.id }) {
        let values = Dictionary(uniqueKeysWithValues: template.placeholders.map { ($0.name, value(of: $0)) })
        var bytes = 0
        let each = try median(of: 21) {
            try microseconds {
                for _ in 0..<together {
                    guard case .text(let text, _) = template.text.render(values, localTime: { zone.local($0) }) else {
                        throw Refusal(description: "\(template.id) cannot be rendered")
                    }
                    bytes += text.utf8.count
                }
            } / Double(together)
        }
        precondition(bytes > 0, "nothing was rendered")
        tell("render \(template.id)", each, "us")
    }
}

func empty(_ folder: String, _ url: String, _ from: Instant) throws {
    let (loaded, planned) = try planned(folder)
    let store = try MemberStore.open(url: url, whenAbsent: .isRefused, ownsLock: true)
    let prepared = try store.goLive(
        planned, files: loaded.filesJSON, hash: loaded.hash, source: .directory, at: from)
    var now = from
    // The first one moves the watermarks, and prepares the statements.
    _ = try store.tick(prepared, at: now)
    let each = try median(of: 201) {
        now = now.adding(micros: 1000)
        let report = try store.tick(prepared, at: now)
        guard report.decided == 0 else { throw Refusal(description: "something was due") }
        return report.milliseconds
    }
    tell("empty tick, \(prepared.planned.plans.count) rules", each, "ms")
}

let words = CommandLine.arguments.dropFirst()
switch (words.first, words.count) {
case ("render", 2): try render(words[2])
case ("empty", 4):
    guard let at = Instant(rfc3339: words[4]) else { throw Refusal(description: "\(words[4]) is no instant") }
    try empty(words[2], words[3], at)
default: throw Refusal(description: "bench-parts render RULES | bench-parts empty RULES STORE AT")
}
