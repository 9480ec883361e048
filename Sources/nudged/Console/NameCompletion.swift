import ArgumentParser
import Config
import Review
import Rules

extension CompletionKind {
    /// The ids of the rules in the rules directory of the workspace.
    static var ruleNames: CompletionKind { .custom { words, _, _ in WorkspaceNames(typed: words).rules } }

    /// The channels of nudged.yaml, by the names that rules use.
    static var channelNames: CompletionKind { .custom { words, _, _ in WorkspaceNames(typed: words).channels } }
}

/// What a shell offers while somebody types: the names of the workspace of `--config`, else of ./nudged.yaml, else of
/// ./rules. The store is not opened. Files that cannot be read offer nothing, because nobody could be told.
private struct WorkspaceNames {
    private let config: Configuration?

    /// `words` are those of the command line so far, the program's own name first.
    init(typed words: [String]) {
        config = try? StoreOptions.config(Spoken.value(of: "--config", in: Array(words.dropFirst())))
    }

    var rules: [String] { Set(KnownNames.written(in: KnownNames.files(of: config))).sorted() }

    var channels: [String] { KnownNames.channels(of: config).sorted() }
}
