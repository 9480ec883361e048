import Kit
import Rules
import Store

/// The third stage of checking: what a store tells about a rule set. It only reads.
package struct StoreCheck {
    private let survey: StoreSurvey

    package init(_ store: MemberStore, at now: Instant) { survey = StoreSurvey(store, at: now) }

    /// Reads a live store. Throws a `MemberStore.OpenError`.
    package init(url: String, at now: Instant) throws {
        let store = try MemberStore.reading(url)
        try store.requireCurrentSchema()
        self.init(store, at: now)
    }

    /// R401 for derived fields whose SQL is more than any store can take; for callers without a store to ask.
    package static func limits(on loaded: RuleSetLoader.Loaded) throws -> [Diagnostic] {
        let derived = loaded.sound.fields.filter { $0.sqliteSQL != nil }
        if derived.isEmpty { return [] }
        let tooMuch = try StoreSurvey(try .inMemory(), at: .now).tooMuch(of: derived)
        return tooMuch.map { field in
            Diagnostic(
                "R401", .error, "the SQL of `\(field.id)` is nested too deep for the database",
                at: field.place ?? .top(of: "fields.yaml"), help: ["make it shorter, or ask for less"])
        }
    }

    package func onFile() throws -> OnFile { try survey.onFile() }

    /// All findings, with those that `loaded` has already.
    package func findings(on loaded: RuleSetLoader.Loaded) throws -> [Diagnostic] {
        let findings = try survey(loaded, counting: true)
        return (loaded.diagnostics.map(findings.noted) + findings.all).inFileOrder()
    }

    /// Leaves out the questions that read every member: for a daemon that has other things to do.
    package func briefly(on loaded: RuleSetLoader.Loaded) throws -> [Diagnostic] {
        try survey(loaded, counting: false).all
    }

    private func survey(_ loaded: RuleSetLoader.Loaded, counting: Bool) throws -> StoreFindings {
        let set = loaded.sound
        let names = UsedNames(set, files: loaded.files)
        let answers = try survey.answers(to: StoreQuestions(set, names: names, counting: counting), of: set)
        return StoreFindings(set, names: names, answers, files: loaded.files)
    }
}
