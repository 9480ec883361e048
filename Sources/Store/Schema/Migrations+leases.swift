/// Who has claimed a delivery, and until when.
extension Migrations {
    /// The epoch of the start that claimed it and the end of its lease, both as long as it is claimed and no longer. A
    /// claim of a time before this was written is nobody's, and its lease is over.
    static let leases = Migration(
        "v8-leases",
        [
            "ALTER TABLE deliveries ADD COLUMN claimed_by INTEGER CHECK (claimed_by IS NULL OR state = 'claimed')",
            "ALTER TABLE deliveries ADD COLUMN lease_until INTEGER CHECK ((lease_until IS NULL) = (claimed_by IS NULL))",
            "UPDATE deliveries SET claimed_by = 0, lease_until = 0 WHERE state = 'claimed'",
        ])
}
