extension Migrations {
    /// The declared type that a custom attribute was stored under, in that type's canonical text (decision 0040). NULL:
    /// the text is as some file had it, from an earlier version or an import that knew no fields.yaml. Bestsellers were
    /// counted with orders that were given back: they are counted anew.
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
