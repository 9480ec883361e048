import Foundation
import Rules

/// A private copy of a live store, with all its members or a fair sample of them, on which a rule set can be tried out.
/// A member in the sample is copied with everything known about them except deliveries and traces.
package struct StoreSample: Sendable {
    package let store: MemberStore
    /// Members in the copy, and members of the store.
    package let taken: Int
    package let of: Int
    /// One member in this many was taken; 1: all.
    package let oneIn: Int

    /// Scales a count in the copy up to the whole store.
    package func scaled(_ count: Int) -> Int {
        oneIn == 1 || taken == 0 ? count : Int((Double(count) * Double(of) / Double(taken)).rounded())
    }

    /// Another private copy of the same members, for a run of its own.
    package func again() throws -> MemberStore {
        let copy = try ScratchDatabase.copy(of: try store.size)
        try store.writer.copy(to: copy)
        return MemberStore(writer: copy, path: nil)
    }
}

extension MemberStore {
    /// - Parameter most: a store with more members than this is sampled by a hash of the id, so the same members are
    ///   taken every time.
    /// - Throws: `OpenError`.
    package static func sample(of url: String, atMost most: Int) throws -> StoreSample {
        let path = try existingPath(of: url)
        let copy = MemberStore(
            writer: try ScratchDatabase.copy(of: try roomForSample(of: url, atMost: most)), path: nil)
        try Migrations.migrate(copy.writer)
        do {
            return try copy.writer.writeWithoutTransaction { db in
                db.add(SampleCopy.bucket)
                let name = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
                try db.script("PRAGMA foreign_keys = OFF")
                try db.run("ATTACH DATABASE ? AS live", ["file:\(name)?mode=ro"])
                var sample: StoreSample?
                // One transaction is one snapshot of the live store; its daemon goes on writing.
                try db.transaction { sample = try SampleCopy(db: db).run(into: copy, atMost: most) }
                try db.script("DETACH DATABASE live; PRAGMA foreign_keys = ON")
                return sample ?? StoreSample(store: copy, taken: 0, of: 0, oneIn: 1)
            }
        } catch let error as SQLFault {
            throw OpenError(error, path: path)
        }
    }

    private static func roomForSample(of url: String, atMost most: Int) throws -> Int64 {
        let live = try reading(url)
        let (size, members) = (try live.size, Int64(try live.memberCount()))
        return members <= Int64(most) ? size : size / max(members / Int64(max(most, 1)), 1)
    }

    /// The live store itself, through a connection that cannot write: for questions that count everybody.
    package static func reading(_ url: String) throws -> MemberStore {
        let path = try existingPath(of: url)
        do {
            let connections = try Connections.one(path, isReadOnly: true, patience: .seconds(busyFor)) { db in
                try db.script("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536")
                try SQLFunctions.register(on: db)
            }
            return MemberStore(writer: connections, path: path)
        } catch let error as OpenError {
            throw error
        } catch { throw OpenError.opening(path, failedWith: error) }
    }
}

/// Copies tables of the attached `live` into `main`: rows of sampled members, and rows that belong to nobody.
private struct SampleCopy {
    let db: Session

    /// Past deliveries and past rule sets do not affect decisions.
    private static let leftOut: Set = ["deliveries", "rule_sets"]

    func run(into copy: MemberStore, atMost most: Int) throws -> StoreSample {
        let all: Int = try db.value("SELECT COUNT(*) FROM live.members") ?? 0
        let oneIn = all <= most ? 1 : (all + most - 1) / max(most, 1)
        let columns = try self.columns(of: "live")
        let ours = try self.columns(of: "main")
        try db.run(
            """
            INSERT INTO main.members (\(shared("members", columns, ours)))
            SELECT \(shared("members", columns, ours)) FROM live.members
            WHERE :k = 1 OR nudged_bucket(id, :k) = 0
            """, ["k": oneIn])
        for (table, names) in ours where columns[table] != nil && !SampleCopy.leftOut.contains(table) {
            try copyTable(table, CopiedTable(table, columns: names), shared(table, columns, ours), oneIn: oneIn)
        }
        // Bestsellers of all members cannot be continued with the sales of a sample.
        if oneIn > 1 { try Recommendation.countAnew(db) }
        let taken: Int = try db.value("SELECT COUNT(*) FROM main.members") ?? 0
        return StoreSample(store: copy, taken: taken, of: all, oneIn: oneIn)
    }

    private func copyTable(_ table: String, _ kind: CopiedTable, _ names: String, oneIn: Int) throws {
        let verb = "INSERT OR REPLACE INTO main.\(table) (\(names)) SELECT \(names) FROM live.\(table)"
        switch kind {
        case .members, .ofDeliveries, .traces, .internals: return
        case .ofDecisions where oneIn > 1:
            let taken = "SELECT d.id FROM main.members m CROSS JOIN live.decisions d ON d.member = m.id"
            try db.run(verb + " WHERE decision IN (\(taken))")
        case .ofAddresses where oneIn > 1:
            let taken = "SELECT s.address FROM main.members m CROSS JOIN live.shared_addresses s ON s.member = m.id"
            try db.run(verb + " WHERE address IN (\(taken))")
        case .ofMembers where oneIn > 1, .picks where oneIn > 1:
            // The row of member '' says that a draw was made. Members drive the query, so a sample costs its share.
            try db.run(verb + " WHERE member IN (SELECT id FROM main.members UNION SELECT '')")
        case .codes where oneIn > 1:
            // The stock of codes is shared by all members, so a sample of them gets a share of it.
            try db.run(verb + " WHERE coupon IS NULL AND nudged_bucket(code, :k) = 0", ["k": oneIn])
        case .ofAddresses, .ofDecisions, .ofMembers, .picks, .codes, .ofNobody: try db.run(verb)
        }
    }

    private func columns(of schema: String) throws -> [String: [String]] {
        let tables: [String] = try db.values(
            "SELECT name FROM \(schema).sqlite_schema WHERE type = 'table' ORDER BY name")
        return try tables.reduce(into: [:]) { columns, table in
            columns[table] = try (db.values("SELECT name FROM pragma_table_info(?, ?)", [table, schema]) as [String])
        }
    }

    /// A store of an older version has fewer columns.
    private func shared(_ table: String, _ live: [String: [String]], _ ours: [String: [String]]) -> String {
        let known = Set(live[table] ?? [])
        return (ours[table] ?? []).filter(known.contains).joined(separator: ", ")
    }

    /// `nudged_bucket(text, k)`: 0 ..< k, by an even hash (FNV-1a with a final mix).
    static let bucket = SQLFunction("nudged_bucket", 2) { values in
        guard let text = String.read(values[0]), let k = Int.read(values[1]), k > 0 else {
            return nil
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 33
        return Int(hash % UInt64(k))
    }
}
