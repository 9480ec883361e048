import Kit
import Rules

/// The addresses of an erased member in rows of nobody or of somebody else: an event of a device that named their mail, an
/// event that could not be taken. Nobody else in the store has these addresses.
struct StrayValues {
    private let values: [[UInt8]]
    /// A shorter one would be found by chance.
    private static let shortest = 8

    init(_ addresses: [CanonicalAddress]) {
        values = addresses.map { Array($0.text.utf8) }.filter { $0.count >= StrayValues.shortest }
    }

    private var texts: [String] { values.map { String(decoding: $0, as: UTF8.self) } }

    // MARK: one text

    /// The text with something else in the place of each address; nil where there is none. What is only a part of a
    /// longer number or address is another's.
    func redacted(_ text: String) -> String? {
        var bytes = Array(text.utf8)
        let before = bytes
        for value in values {
            var place = 0
            while place + value.count <= bytes.count {
                let end = place + value.count
                if bytes[place] == value[0], bytes[place..<end].elementsEqual(value),
                    StrayValues.isWhole(place..<end, of: bytes)
                {
                    bytes.replaceSubrange(place..<end, with: StrayValues.stand(inFor: value))
                }
                place += 1
            }
        }
        return bytes == before ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// JSON stays JSON, where a number stood without quotation marks too.
    private static func stand(inFor value: [UInt8]) -> [UInt8] {
        guard value.allSatisfy(isDigit) else { return Array("erased".utf8) }
        return [UInt8(ascii: "1")] + Array(repeating: UInt8(ascii: "0"), count: value.count - 1)
    }

    private static func isWhole(_ place: Range<Int>, of bytes: [UInt8]) -> Bool {
        let (before, after) = (bytes[..<place.lowerBound], bytes[place.upperBound...])
        if bytes[place].allSatisfy(isDigit) {
            let code = before.suffix(while: isDigit)
            return !(after.first.map(isDigit) ?? false)
                && ["", "86", "0086"].contains(String(decoding: code, as: UTF8.self))
        }
        let follows = after.prefix(while: { $0 == UInt8(ascii: ".") }).count
        let isLonger = after.dropFirst(follows).first.map { isOfName($0) && $0 != UInt8(ascii: ".") } ?? false
        // After a backslash stands the letter of an escape.
        let isEscape = before.dropLast().last == UInt8(ascii: "\\")
        return !isLonger && (isEscape || !(before.last.map(isOfName) ?? false))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether it may be part of the name or the host of a mail address, or of an id.
    private static func isOfName(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "._%+-".utf8.contains(byte)
    }

    // MARK: the store

    /// Removes events that were not taken, where they name an address and are nobody's; of somebody else's only the
    /// address goes. Returns how many rows that were.
    func clearQuarantine(_ db: Session) throws -> Int {
        var cleared: Set<Int64> = []
        for text in texts {
            let rows = try db.all(
                """
                SELECT id, member, event_id, reason, reason_chinese, body FROM quarantine
                WHERE {instr}(body, ?1) > 0 OR {instr}(reason, ?1) > 0
                """, [text])
            for row in rows {
                let (id, member): (Int64, String?) = try (row[0], row[1])
                let cells: [String] = try [row[3], row[4], row[5]]
                let clean = cells.map { redacted($0) ?? $0 }
                guard clean != cells else { continue }
                cleared.insert(id)
                if member == nil {
                    try db.run("DELETE FROM quarantine WHERE id = ?", [id])
                } else {
                    try db.run(
                        "UPDATE quarantine SET reason = ?, reason_chinese = ?, body = ? WHERE id = ?",
                        [clean[0], clean[1], clean[2], id])
                }
            }
        }
        return cleared.count
    }

    private static let page = 20_000

    /// Takes the addresses out of the data of events, in short transactions. Returns how many events that were.
    func clearEvents(in store: Connections) throws -> Int {
        guard !values.isEmpty else { return 0 }
        var (count, after): (Int, Int64) = (0, 0)
        while true {
            let last: Int64? = try store.read { db in
                try db.value(
                    "SELECT MAX(seq) FROM (SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT ?) page",
                    [after, StrayValues.page]) ?? nil
            }
            guard let last else { return count }
            let found = try store.read { db in try events(after: after, through: last, db) }
            if !found.isEmpty { count += try store.write { db in try clear(found, db) } }
            after = last
        }
    }

    private func events(after: Int64, through last: Int64, _ db: Session) throws -> Set<Int64> {
        var found: Set<Int64> = []
        for text in texts {
            let seqs: [Int64] = try db.values(
                """
                SELECT seq FROM events
                WHERE seq > ?1 AND seq <= ?2 AND ({instr}(data, ?3) > 0 OR {instr}(ref, ?3) > 0)
                """, [after, last, text])
            found.formUnion(seqs)
        }
        return found
    }

    private func clear(_ events: Set<Int64>, _ db: Session) throws -> Int {
        var count = 0
        for seq in events.sorted() {
            guard let row = try db.first("SELECT ref, data FROM events WHERE seq = ?", [seq]) else { continue }
            let cells: [String?] = try [row[0], row[1]]
            let clean = cells.map { text in text.flatMap(redacted) ?? text }
            guard clean != cells else { continue }
            count += try db.run("UPDATE events SET ref = ?, data = ? WHERE seq = ?", [clean[0], clean[1], seq])
        }
        return count
    }
}

extension ArraySlice {
    /// The longest end whose elements all pass.
    fileprivate func suffix(while passes: (Element) -> Bool) -> ArraySlice {
        var start = endIndex
        while start > startIndex, passes(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
