import Rules

extension MemberStore {
    /// Ids of members that are mobile numbers: at most `most` for each of the prefixes 130 to 199, with and without +86.
    /// It reads a few rows of the key for each, however many members there are.
    package func phonesAsIDs(most: Int = 20) throws -> Int {
        try writer.read { db in
            var count = 0
            for prefix in 130...199 {
                for lead in ["", "86", "+86"] {
                    let from = lead + String(prefix)
                    let ids: [String] = try db.values(
                        "SELECT id FROM members WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
                        [from, lead + String(prefix + 1), most])
                    count += ids.count { PhoneNumber.canonical($0) != nil }
                }
            }
            return count
        }
    }
}
