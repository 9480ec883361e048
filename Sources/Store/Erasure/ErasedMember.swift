import Foundation
import Kit
import Rules

/// How a store knows a member who was erased: by a keyed hash of the id, and what is left of their decisions by a number.
enum ErasedMember {
    /// What stands in place of the member's id in decisions, before the number of the erasure.
    static let prefix = "erased:"
    /// The source of the withdrawals that an erasure leaves.
    static let source = "erasure"

    static func alias(_ number: Int64) -> String { prefix + String(number) }

    /// Why a member is erased, which is told by the key.
    enum Cause: CaseIterable {
        /// Somebody asked for it. Nothing is heard by them any more until a later consent that has a proof.
        case request
        /// `retention:` keeps them no longer. Nobody said no, so nothing is refused but what they refused themselves.
        case retention

        fileprivate var word: String { self == .request ? "member" : "quiet member" }
    }

    static func key(_ id: String, _ db: Session, _ cause: Cause = .request) throws -> Data {
        key(id, secret: try AddressKey.secret(db), cause)
    }

    static func key(_ id: String, secret: Data, _ cause: Cause = .request) -> Data {
        AddressKey.hash("\(cause.word)\u{1F}\(id)", secret)
    }

    /// When a member with that id was erased last, for one of the causes; nil: never.
    static func erased(_ id: String, _ db: Session, for causes: [Cause] = Cause.allCases) throws -> Instant? {
        let instants: [Int64?] = try causes.map { cause in
            try db.value("SELECT MAX(at) FROM erasures WHERE key = ?", [key(id, db, cause)])
        }
        return instants.compactMap(\.self).max().map(Instant.init(micros:))
    }

    /// Whether anybody was erased: where nobody was, imports ask no more.
    static func isAny(_ db: Session) throws -> Bool {
        try db.value("SELECT EXISTS (SELECT 1 FROM erasures)") ?? false
    }
}

extension Session {
    /// Those of the members who are not in the store any more. Where nobody was ever erased, or merged into another,
    /// nobody is looked for.
    package func erased(among members: [String]) throws -> Set<String> {
        guard !members.isEmpty, try ErasedMember.isAny(self) || MergedMembers.isAny(self) else { return [] }
        let named = Set(members)
        let known: [String] = try values(
            "SELECT id FROM members WHERE id IN {texts ?}", [JSONRows.encode(Array(named))])
        return named.subtracting(known)
    }
}

extension RowWriter {
    /// Withdraws everything for a new member whose id was erased on request: no row of an old file makes them heard of
    /// again, but only a consent that is later than the erasure and has a proof. Whom retention erased has refused what
    /// they had refused then, and nothing else.
    mutating func keepErasedSilent(_ member: String) throws {
        guard case .world = origin, try isAnyoneErased() else { return }
        for word in try KeptRefusals.of(ErasedMember.key(member, db, .retention), as: member, db) {
            _ = try restate(refusal: word)
        }
        guard let at = try ErasedMember.erased(member, db, for: [.request]) else { return }
        for purpose in Rule.Purpose.allCases {
            _ = try restate(
                refusal: ConsentRow(
                    memberID: member, channel: "*", purpose: purpose, state: .withdrawn, at: at,
                    source: ErasedMember.source))
        }
    }

    /// Whether the member, or the address, is one that was erased: a consent then needs a proof.
    func isErased(member: String) throws -> Bool {
        try db.value(
            """
            SELECT EXISTS (SELECT 1 FROM consents WHERE member = ?1 AND source = ?2)
              OR EXISTS (SELECT 1 FROM shared_addresses s JOIN list_consents l ON l.address = s.address
                WHERE s.member = ?1 AND l.source = ?2)
            """, [member, ErasedMember.source]) ?? false
    }

    func isErased(address key: Data) throws -> Bool {
        try db.value(
            "SELECT EXISTS (SELECT 1 FROM list_consents WHERE address = ? AND source = ?)",
            [key, ErasedMember.source]) ?? false
    }
}
