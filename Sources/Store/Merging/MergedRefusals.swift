import Foundation
import Kit
import Rules

/// The noes of two members who are one person, read before the merge and carried through it.
///
/// A no that holds for either of them holds for the person from the merge on, whatever grant of the other is later: that
/// was said without knowing of the no, and only a grant after the merge lifts it. Where it was about an address that the
/// member does not take over, it also stays with that address, for whoever has it.
struct MergedRefusals {
    /// The source of the withdrawals that a merge writes.
    static let source = "merge"

    /// What was said of one channel and purpose.
    private struct Word {
        let channel: String
        let purpose: Rule.Purpose
        let isNo: Bool
        let at: Instant
    }

    private let mine: [Word]
    private let theirs: [Word]
    private let addresses: [CanonicalAddress]

    init(_ merge: MergeWriting) throws {
        mine = try MergedRefusals.said(by: merge.member, merge)
        theirs = try MergedRefusals.said(by: merge.duplicate, merge)
        addresses = try ErasureWriting.addresses(of: merge.duplicate, merge.db)
    }

    mutating func carry(_ merge: inout MergeWriting) throws {
        for purpose in Rule.Purpose.allCases {
            let named = Set((mine + theirs).filter { $0.purpose == purpose }.map(\.channel))
            for channel in named.sorted() {
                let isRefused = [mine, theirs].contains { MergedRefusals.no(on: channel, purpose, $0) != nil }
                guard isRefused else { continue }
                // A no to every channel that is still the last word on that needs no other row, which would end what was
                // granted for one channel since.
                let today = channel == "*" ? try MergedRefusals.said(by: merge.member, merge) : []
                guard MergedRefusals.no(on: channel, purpose, today) == nil else { continue }
                try refuse(channel, purpose, &merge)
            }
        }
        let kept = try Dictionary(
            ErasureWriting.addresses(of: merge.member, merge.db).map { ($0.kind, $0) }
        ) { first, _ in first }
        let given = addresses.filter { kept[$0.kind] != $0 }
        merge.merge.dropped = given.map(\.kind)
        for address in given {
            // First what lists say of it, and then what its member said.
            if let own = kept[address.kind] { try pass(from: address, to: own, &merge) }
            try keep(at: address, &merge)
        }
        try merge.rows.book.keepSuppressions(of: merge.duplicate, at: given, merge.rows.number())
        for address in given {
            let key = try merge.rows.book.key(address)
            try merge.rows.list(address, key)
            try merge.db.run(
                "INSERT INTO merged_addresses (member, address) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [merge.member, key])
        }
    }

    /// Written at the merge, and again just after a grant of a clock that was ahead.
    private func refuse(_ channel: String, _ purpose: Rule.Purpose, _ merge: inout MergeWriting) throws {
        merge.merge.refusals.append(.init(channel: channel, purpose: purpose))
        for at in [merge.now, .distantFuture] {
            _ = try merge.rows.write(
                consent: ConsentRow(
                    memberID: merge.member, channel: channel, purpose: purpose, state: .withdrawn, at: at,
                    source: MergedRefusals.source))
        }
    }

    /// A no of the duplicate goes on for the address that nobody of the two has any more.
    private func keep(at address: CanonicalAddress, _ merge: inout MergeWriting) throws {
        for channel in Set(theirs.map(\.channel)).sorted() {
            guard let at = MergedRefusals.no(on: channel, .marketing, theirs) else { continue }
            let row = ConsentRow(
                memberID: "", channel: channel, state: .withdrawn, at: at, source: MergedRefusals.source)
            if try merge.rows.restate(refusal: row, of: address) != .unchanged { merge.merge.addressRefusals += 1 }
        }
    }

    /// What a list says of the address that is given up was said of the person, so it is about their other address as
    /// well; that an address bounces is about nothing but itself.
    private func pass(
        from address: CanonicalAddress, to own: CanonicalAddress, _ merge: inout MergeWriting
    ) throws {
        let listed = try MergedRefusals.words(
            "SELECT channel, purpose, state, at FROM list_consents WHERE address = ? AND at <= ?",
            [try merge.rows.book.key(address), merge.now.micros], merge.db)
        let known = try MergedRefusals.words(
            "SELECT channel, purpose, state, at FROM list_consents WHERE address = ? AND at <= ?",
            [try merge.rows.book.key(own), merge.now.micros], merge.db)
        for purpose in Rule.Purpose.allCases {
            for channel in Set(listed.map(\.channel)).sorted()
            where MergedRefusals.no(on: channel, purpose, listed) != nil
                && MergedRefusals.no(on: channel, purpose, known) == nil
            {
                let row = ConsentRow(
                    memberID: "", channel: channel, purpose: purpose, state: .withdrawn, at: merge.now,
                    source: MergedRefusals.source)
                if try merge.rows.write(consent: row, of: own) != .unchanged { merge.merge.addressRefusals += 1 }
            }
        }
        let suppressed = try merge.db.all(
            "SELECT channel, reason, at FROM address_suppressions WHERE address = ? AND reason <> ?",
            [try merge.rows.book.key(address), SuppressionRow.Reason.bounce.rawValue])
        for row in suppressed {
            guard let reason = try SuppressionRow.Reason(rawValue: row[1]) else { continue }
            let standing = try SuppressionRow(
                address: own, channel: row[0], reason: reason, at: Instant(micros: row[2]))
            if try merge.rows.write(suppression: standing) != .unchanged { merge.merge.addressRefusals += 1 }
        }
    }

    // MARK: words

    private static func said(by member: String, _ merge: MergeWriting) throws -> [Word] {
        try words(
            "SELECT channel, purpose, state, at FROM consents WHERE member = ? AND at <= ?",
            [member, merge.now.micros], merge.db)
    }

    private static func words(_ sql: String, _ arguments: SQLArguments, _ db: Session) throws -> [Word] {
        try db.all(sql, arguments).compactMap { row in
            guard let purpose = try Rule.Purpose(rawValue: row[1]) else { return nil }
            return try Word(
                channel: row[0], purpose: purpose, isNo: row[2] == ConsentRow.State.withdrawn.rawValue,
                at: Instant(micros: row[3]))
        }
    }

    /// The instant of the refusal that holds on the channel; nil: none does. Of a grant and a refusal of one instant the
    /// refusal holds, as at every gate.
    private static func no(on channel: String, _ purpose: Rule.Purpose, _ words: [Word]) -> Instant? {
        let about = words.filter { $0.purpose == purpose && ($0.channel == channel || $0.channel == "*") }
        let last = about.max { ($0.at, $0.isNo ? 1 : 0) < ($1.at, $1.isNo ? 1 : 0) }
        return last.flatMap { $0.isNo ? $0.at : nil }
    }
}
