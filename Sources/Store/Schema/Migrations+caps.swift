extension Migrations {
    /// The segments of caps that the member was outside of at the decision, as a JSON object: 0, or 1 once the
    /// decisions of that instant brought the member in. NULL: none, or a delivery from before this step.
    static let capSegments = Migration(
        "v7-cap-segments", ["ALTER TABLE deliveries ADD COLUMN cap_segments TEXT"])
}
