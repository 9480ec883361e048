/// The holder of a claim, and the end of its lease.
extension Migrations {
    /// The epoch of the start that claimed a delivery and the end of its lease, both set only while it is claimed. A
    /// claim from before this step belongs to nobody, and its lease is over.
    static let leases = Migration(
        "v8-leases",
        [
            "ALTER TABLE deliveries ADD COLUMN claimed_by INTEGER CHECK (claimed_by IS NULL OR state = 'claimed')",
            "ALTER TABLE deliveries ADD COLUMN lease_until INTEGER CHECK ((lease_until IS NULL) = (claimed_by IS NULL))",
            "UPDATE deliveries SET claimed_by = 0, lease_until = 0 WHERE state = 'claimed'",
        ])
}
