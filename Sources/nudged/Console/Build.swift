import CBuild

/// Which text the program was built from.
enum Build {
    /// The commit, where the build was told (`NUDGED_COMMIT`); nil for any other build.
    static var commit: String? {
        let text = String(cString: nudged_commit())
        return text.isEmpty ? nil : text
    }
}
