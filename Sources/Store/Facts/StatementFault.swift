/// A statement that cannot be run because of its own text or of a row that it read. It stops only one rule, or one row;
/// the failure of a disk, a lock or a damaged file stops everything and is no such fault.
package enum StatementFault {
    /// The message of the database, without the statement; nil for an error of the machine.
    package static func reason(_ error: any Error) -> String? {
        guard let fault = error as? SQLFault, fault.isOfTheText else { return nil }
        return withoutDigits(fault.message ?? "the statement cannot be run")
    }

    /// Masks possible numbers and email addresses: SQLite repeats values in some messages (`bad JSON path: '…'`).
    static func withoutDigits(_ message: String) -> String {
        message.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.utf8.count { (0x30...0x39).contains($0) } >= 5 || $0.contains("@") ? "****" : String($0) }
            .joined(separator: " ")
    }
}
