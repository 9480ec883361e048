import Foundation
import Intake
import Kit
import Rules

/// A column of `members` that an import writes.
struct MemberColumn: Sendable {
    let name: String
    /// The column of a file that states it.
    let column: Column
    /// What it holds, in the record of a person.
    let kind: PersonRecord.Kind
    let value: @Sendable (MemberRow) -> SQLValue

    private init(
        _ name: String, _ column: Column, _ kind: PersonRecord.Kind, value: @escaping @Sendable (MemberRow) -> SQLValue
    ) {
        (self.name, self.column, self.kind, self.value) = (name, column, kind, value)
    }

    /// In the order in which statements name them.
    static let all = [
        MemberColumn("display_name", .displayName, .prose) { $0.displayName.sql },
        MemberColumn("gender", .gender, .text) { ($0.gender?.rawValue).sql },
        MemberColumn("status", .status, .text) { $0.status.rawValue.sql },
        MemberColumn("tier", .tier, .text) { $0.tier.sql },
        MemberColumn("birthday_key", .birthday, .yearly) { ($0.birthday?.key).sql },
        MemberColumn("birthday_year", .birthday, .number) { ($0.birthday?.year).sql },
        MemberColumn("registered_at", .registeredAt, .instant) { ($0.registeredAt?.micros).sql },
        MemberColumn("phone", .phone, .phone) { $0.phone.sql },
        MemberColumn("email", .email, .email) { $0.email.sql },
        MemberColumn("wechat_openid", .wechatOpenID, .id) { $0.wechatOpenID.sql },
        MemberColumn("wecom_external_userid", .wecomExternalUserID, .id) { $0.wecomExternalUserID.sql },
        MemberColumn("city", .city, .text) { $0.city.sql },
        MemberColumn("region", .region, .text) { $0.region.sql },
        MemberColumn("store_id", .storeID, .text) { $0.storeID.sql },
        MemberColumn("advisor", .advisor, .text) { $0.advisor.sql },
        MemberColumn("language", .language, .text) { $0.language.sql },
        MemberColumn("timezone", .timezone, .text) { $0.timezone.sql },
        MemberColumn("preferred_channel", .preferredChannel, .text) { $0.preferredChannel.sql },
        MemberColumn("personalisation", .personalisation, .text) { ($0.personalisation?.rawValue).sql },
    ]

    /// Those that a duplicate can fill: every one but the status, because that a duplicate was closed says nothing of the
    /// person, and the choice of personalisation, which has rules of its own. The birthday is one with its year.
    static let filled = all.filter {
        $0.column != .status && $0.column != .personalisation && $0.name != "birthday_year"
    }

    /// The fields of a member that are columns of the same name.
    static let fields = Set(["id"] + all.filter { $0.column != .birthday }.map(\.name))
}

extension MemberRow {
    /// A row of `members` with what other tables have of the member.
    init(id: String, stored row: SQLRow, tags: [String], attributes: [String: AttributeValue]) throws {
        let birthday: String? = try row["birthday_key"]
        let year: Int? = try row["birthday_year"]
        let gender: String? = try row["gender"]
        let personalisation: String? = try row["personalisation"]
        let registered: Int64? = try row["registered_at"]
        try self.init(
            id: id, displayName: row["display_name"], gender: gender.flatMap(Gender.init(rawValue:)),
            status: Status(rawValue: row["status"]) ?? .active, tier: row["tier"],
            birthday: birthday.flatMap { RecurringDate(key: $0, year: year) },
            registeredAt: registered.map(Instant.init(micros:)), phone: row["phone"], email: row["email"],
            wechatOpenID: row["wechat_openid"], wecomExternalUserID: row["wecom_external_userid"], city: row["city"],
            region: row["region"], storeID: row["store_id"], advisor: row["advisor"], language: row["language"],
            timezone: row["timezone"], preferredChannel: row["preferred_channel"],
            personalisation: personalisation.flatMap(Personalisation.init(rawValue:)), tags: tags,
            attributes: attributes)
    }
}
