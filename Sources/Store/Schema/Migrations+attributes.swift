extension Migrations {
    /// The declared type that a custom attribute was stored under, in that type's canonical text (decision 0040). NULL:
    /// the text is as a file had it, from an earlier version or an import without fields.yaml. Bestsellers included
    /// refunded orders, so they are counted again.
    static let attributeTypes = Migration(
        "v5-attribute-types",
        [
            "DELETE FROM meta WHERE key = 'bestsellers_at'",
            """
            ALTER TABLE member_attributes ADD COLUMN type TEXT
              CHECK (type IN ('text', 'code', 'number', 'money', 'date', 'instant', 'list', 'bool'))
            """,
        ])
}
