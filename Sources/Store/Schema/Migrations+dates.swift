extension Migrations {
    /// Finds the members whose custom attribute is a date that a rule counts from.
    static let attributeValues = Migration(
        "v17-attribute-values", ["CREATE INDEX member_attributes_value ON member_attributes (name, type, value)"])
}
