/// The findings of a file while it is read: the first ones whole, the rest as a number.
struct FindingList {
    private(set) var kept: [Diagnostic] = []
    private(set) var dropped = 0
    private(set) var droppedErrors = 0

    /// Findings cost a walk through the file, so they are only made while there is room for them.
    mutating func add(_ severity: Diagnostic.Severity = .error, _ make: () -> Diagnostic?) {
        guard kept.count < FindingLimit.perFile else {
            dropped += 1
            if severity == .error { droppedErrors += 1 }
            return
        }
        if let finding = make() { kept.append(finding) }
    }

    mutating func add(_ finding: Diagnostic) { add(finding.severity) { finding } }
}
