extension Migrations {
    /// The number of the counter since which the member's birthday is this one, where it came or changed after the member: what
    /// left before was not judged by it. NULL: the member came with it, or has none.
    static let birthdays = Migration("v23-birthday-seq", ["ALTER TABLE members ADD COLUMN birthday_seq INTEGER"])
}
