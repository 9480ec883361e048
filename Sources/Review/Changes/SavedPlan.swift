import Kit
import Foundation
import Policies
import Rules
import Store

/// A plan in a file: what `nudged apply` needs to put exactly this set in force, and what people saw of it.
package struct SavedPlan: Sendable, Codable {
    package struct Base: Sendable, Codable {
        package var version: Int
        package var hash: String
    }
    package struct File: Sendable, Codable {
        package var path: String
        package var text: String
    }
    package var format: String
    package var version: Int
    package var base: Base?
    package var hash: String
    package var files: [File]

    package static let formatName = "nudged-plan"

    package struct Unreadable: Error, CustomStringConvertible {
        package let words: Bilingual
        package var description: String { words.description }

        init(_ english: String, _ chinese: String) { words = Bilingual(english, chinese) }
    }

    /// True for a plan of any version.
    package static func isOne(_ data: Data) -> Bool {
        struct Head: Codable { var format: String }
        return (try? JSONDecoder().decode(Head.self, from: data))?.format == formatName
    }

    /// - Throws: `Unreadable`.
    package static func read(_ data: Data, path: String) throws -> SavedPlan {
        let plan: SavedPlan
        do { plan = try JSONDecoder().decode(SavedPlan.self, from: data) } catch {
            throw Unreadable(
                "\(path): this is no plan; `nudged plan -o plan.json` writes one",
                "\(path)：不是计划文件；用 `nudged plan -o plan.json` 生成")
        }
        guard plan.format == formatName, plan.version == 1 else {
            throw Unreadable(
                "\(path): this plan was written by another version of nudged; plan again",
                "\(path)：这份计划由其他版本的 nudged 生成，请重新计划")
        }
        return plan
    }

    /// The set, checked again.
    ///
    /// - Throws: `Unreadable` when the file was edited: the rules would not be those that people saw.
    package func load(path: String, channels: [ChannelDeclaration]) throws -> RuleSetLoader.Loaded {
        let loaded = RuleSetLoader.check(
            files.map { YAMLReader.read(bytes: Array($0.text.utf8), path: $0.path) }, channels: channels)
        guard loaded.set == nil || loaded.hash == hash else {
            throw Unreadable(
                "\(path): the rules in this plan were edited after it was made; plan again",
                "\(path)：计划里的规则在生成之后被改过，请重新计划")
        }
        return loaded
    }
}

extension ChangePlan {
    /// Everything that the text says, for scripts; with the files it is a saved plan.
    package func json(includingFiles: Bool) -> JSONText {
        var members: [JSONText.Member] = [
            .init("format", .text(SavedPlan.formatName)), .init("version", .int(1)),
            .init("at", .text(zone.rfc3339(at))),
            .init(
                "base",
                base.map {
                    .object([
                        "version": .int($0.version), "hash": .text($0.hash),
                        "loaded_at": .text(zone.rfc3339($0.loadedAt)),
                    ])
                } ?? .null),
            .init("hash", .text(hash)),
            .init("members", .object(["run": .int(taken), "of": .int(of)])),
            .init("changes", .list(difference.rules.map(json))),
            .init("settings", .list(difference.settings.map(\.json))),
            .init(
                "named",
                .list(difference.named.map { named($0) })),
            .init("totals", .object(["before": before.json, "after": after.json])),
            .init(
                "forecast",
                .object(forecast.sorted { $0.key < $1.key }.map { JSONText.Member($0.key, $0.value.json) })),
        ]
        if includingFiles {
            members.append(
                .init("files", .list(files.map { .object(["path": .text($0.path), "text": .text($0.text)]) })))
        }
        return .object(members)
    }

    private func named(_ change: RuleSetDifference.NamedChange) -> JSONText {
        .object([
            "kind": .text(change.kind), "id": .text(change.id), "edits": difference.edits[change]?.json ?? .null,
        ])
    }

    private func json(_ change: RuleSetDifference.RuleChange) -> JSONText {
        let effect = effects[change.id] ?? Effect()
        var members: [JSONText.Member] = [
            .init("rule", .text(change.id)), .init("change", .text(change.kind.rawValue)),
            .init("file", .text(change.file)), .init("line", .int(change.line)),
            .init("differences", .list(change.differences.map(\.json))),
            .init("named", .list(change.named.map { named($0) })),
        ]
        members.append(.init("people", effect.qualification?.json ?? .null))
        members.append(.init("replay", effect.replay?.json ?? .null))
        members.append(.init("forecast", effect.forecast?.json ?? .null))
        members.append(.init("waiting", effect.waiting?.json ?? .null))
        members.append(.init("owed", .int(effect.owed)))
        members.append(.init("catch_up", effect.catchUp.map { JSONText(counts: $0) } ?? .null))
        members.append(.init("existing", effect.existing.map { .int($0.people) } ?? .null))
        members.append(.init("next", effect.next?.json ?? .null))
        members.append(.init("shadow", JSONText(counts: effect.shadow)))
        let blast = effect.blast.map { blast -> JSONText in
            .object(["day": .text(blast.day.text), "reason": .text(blast.reason)])
        }
        members.append(.init("blast", blast ?? .null))
        let templates = effect.templates.map { template -> JSONText in
            .object(["id": .text(template.id), "before": .int(template.before), "after": .int(template.after)])
        }
        members.append(.init("templates", .list(templates)))
        return .object(members)
    }
}

extension JSONText {
    fileprivate init(counts: [String: Int]) {
        self = .object(counts.sorted { $0.key < $1.key }.map { Member($0.key, .int($0.value)) })
    }
}

extension ObjectEdits {
    fileprivate var json: JSONText {
        .object([
            "texts": .list(texts.map { .object(["key": .text($0.key), "lines": .list($0.lines.map { .text($0) })]) }),
            "differences": .list(differences.map(\.json)),
        ])
    }
}

extension RuleFacets.Difference {
    fileprivate var json: JSONText {
        .object([
            "key": .text(key), "before": before.map { .text($0) } ?? .null, "after": after.map { .text($0) } ?? .null,
        ])
    }
}

extension Qualification {
    fileprivate var json: JSONText {
        .object([
            "before": before.map { .int($0) } ?? .null, "after": after.map { .int($0) } ?? .null,
            "joined": .int(joined), "left": .int(left),
        ])
    }
}

extension ChangePlan.Pair {
    fileprivate var json: JSONText { .object(["before": before?.json ?? .null, "after": after?.json ?? .null]) }
}

extension ChangePlan.Waiting {
    fileprivate var json: JSONText {
        .object([
            "continuing": .int(continuing), "recomputed": .int(recomputed), "released": .int(released),
            "paused": .int(paused), "shadowed": .int(shadowed),
        ])
    }
}

extension OutcomeTotals {
    fileprivate var json: JSONText {
        .object(["messages": .int(messages), "tasks": .int(tasks), "segments": .int(segments)])
    }
}

extension OutcomeTally {
    fileprivate var json: JSONText {
        return .object([
            "outcomes": JSONText(counts: outcomes), "messages": JSONText(counts: messages), "segments": .int(segments),
            "by_day": .object(byDay.sorted { $0.key < $1.key }.map { JSONText.Member($0.key.text, .int($0.value)) }),
        ])
    }
}
