import Kit
import Rules

/// A row of an import file. Columns that the file lacks keep what the store holds. It is one word, because a batch has
/// tens of thousands of rows.
package indirect enum IntakeRow: Sendable {
    case member(MemberRow)
    case date(DateRow)
    case store(StoreRow)
    case order(OrderRow)
    case orderItem(ItemRow)
    case product(ProductRow)
    case cart(CartRow)
    case points(PointsRow)
    case coupon(CouponRow)
    case couponCode(CouponCodeRow)
    case event(EventRow)
    /// The consent of a member, of everyone with an address, or of both.
    case consent(ConsentRow, of: CanonicalAddress?)
    case suppression(SuppressionRow)

    /// The member that the row must belong to.
    package var memberID: String? {
        switch self {
        case .date(let row): row.memberID
        case .order(let row): row.memberID
        case .cart(let row): row.memberID
        case .points(let row): row.memberID
        case .coupon(let row): row.memberID
        case .event(let row): row.memberID
        case .consent(let row, let address): address == nil ? row.memberID : nil
        case .member, .store, .orderItem, .product, .couponCode, .suppression: nil
        }
    }
}

extension IntakeRow {
    /// Whether it takes a consent back: it acts when it is stored, whatever date it has.
    var isRefusal: Bool {
        if case .consent(let row, _) = self { row.state == .withdrawn } else { false }
    }

    /// Microseconds by which the clock of a shop may be ahead of ours (guarantees, fault 74).
    static let mostAhead: Int64 = 600_000_000

    /// The column that tells something as done that lies further ahead, most likely a wrong zone or year: a rule hears of it
    /// when the time comes. Ends of coupons and points, dates of members and consents may lie ahead.
    package func ahead(of now: Instant) -> Column? {
        let told: [(Column, Instant?)]
        switch self {
        case .order(let row):
            told = [(.paidAt, row.paidAt), (.cancelledAt, row.cancelledAt), (.refundedAt, row.refundedAt)]
        case .cart(let row): told = [(.updatedAt, row.updatedAt)]
        case .event(let row): told = [(.at, row.at)]
        case .member, .date, .store, .orderItem, .product, .points, .coupon, .couponCode, .consent, .suppression:
            return nil
        }
        return told.first { $0.1.map { $0.micros - now.micros > IntakeRow.mostAhead } ?? false }?.0
    }

    /// The member that the row names, whether or not the row needs one.
    package var namedMember: String? {
        if case .consent(let row, _) = self { row.memberID.isEmpty ? nil : row.memberID } else { memberID }
    }

    /// What the pages that the row is written to are sorted by; nil where the order of rows of several members may
    /// matter: in a catalogue, in a list of addresses, of refusals without a date, which end what others said before, and of
    /// events about orders, which may move an order.
    package var place: String? {
        switch self {
        case .member(let row): row.id
        case .orderItem(let row): row.orderID
        case .consent(let row, let address) where address != nil || (row.state == .withdrawn && row.at == nil): nil
        case .event(let row) where row.name.hasPrefix("order."): nil
        case .store, .product, .couponCode, .suppression: nil
        case .date, .order, .cart, .points, .coupon, .event, .consent: memberID
        }
    }
}

/// Builds a row from the cells of a record.
package struct RowBuilder {
    package private(set) var cells: CellReader
    /// The local date of the import, after which nobody was born.
    let today: LocalDate
    let tiers: TierNames
    /// The channels of nudged.yaml.
    let channels: [ChannelDeclaration]
    /// Declared types of custom attributes, by name without `attr.`.
    let types: [String: FieldType]
    let blanks: BlankCells
    /// What was noticed while the row was read.
    package private(set) var remarks = Remarks()

    /// What the summary says of rows that were taken.
    package struct Remarks {
        /// A tier that the settings do not have.
        package var unknownTier: String?
        /// A day that stands for an unknown birthday, which the row then does not have.
        package var placeholder: RecurringDate?
    }

    package init(
        _ cells: CellReader, today: LocalDate, tiers: TierNames, channels: [ChannelDeclaration],
        types: [String: FieldType] = [:], blanks: BlankCells = .keep
    ) {
        self.cells = cells
        self.today = today
        self.tiers = tiers
        self.channels = channels
        self.types = types
        self.blanks = blanks
    }

    /// Throws a `Rejection`.
    package mutating func row(_ kind: ImportKind) throws -> IntakeRow {
        switch kind {
        case .members: .member(try member())
        case .dates: .date(try date())
        case .stores: .store(try store())
        case .orders: .order(try order())
        case .orderItems: .orderItem(try orderItem())
        case .products: .product(try product())
        case .carts: .cart(try cart())
        case .points: .points(try points())
        case .coupons: .coupon(try coupon())
        case .couponCodes:
            .couponCode(CouponCodeRow(template: try cells.requiredID(.template), code: try cells.requiredID(.code)))
        case .events: .event(try event())
        case .consents: try consent()
        case .suppressions: .suppression(try suppression())
        }
    }

    private mutating func member() throws -> MemberRow {
        var row = MemberRow(id: try cells.requiredID(.id))
        row.displayName = try cells.name(.displayName)
        row.gender = try cells.choice(.gender, ValueWords.gender)
        row.status = try cells.choice(.status, ValueWords.memberStatus) ?? .active
        row.tier = try cells.id(.tier).map { tier($0) }
        row.birthday = try birthday()
        row.registeredAt = try cells.instant(.registeredAt)
        row.phone = try cells.phone()
        row.email = try cells.email()
        row.wechatOpenID = try cells.id(.wechatOpenID)
        row.wecomExternalUserID = try cells.id(.wecomExternalUserID)
        row.city = try cells.name(.city)
        row.region = try cells.name(.region)
        row.storeID = try cells.id(.storeID)
        row.advisor = try cells.name(.advisor)
        row.language = try cells.id(.language)
        row.timezone = try cells.timezone()
        row.preferredChannel = try cells.channel(.preferredChannel)
        row.personalisation = try cells.choice(
            .personalisation, ValueWords.personalisation)
        row.tags = try cells.list(.tags)
        row.attributes = try attributes()
        return row
    }

    /// A tier that the settings do not have is taken as it is written.
    private mutating func tier(_ name: String) -> String {
        if let id = tiers.id(of: name) { return id }
        if !tiers.isEmpty { remarks.unknownTier = name }
        return name
    }

    /// Attributes in the canonical form of their declared types; unchanged without a declaration. An empty one is left
    /// out, unless it removes the attribute.
    private func attributes() throws -> [String: AttributeValue] {
        var values: [String: AttributeValue] = [:]
        for (name, text) in cells.record.attributes {
            guard text.utf8.count <= CellReader.longestText else {
                throw Rejection.tooLong(.data, bytes: CellReader.longestText)
            }
            let type = types[name]
            if text.isEmpty || (type == .date || type == .instant) && CellText.isNothing(text) {
                if blanks == .clear { values[name] = AttributeValue(text: "", type: nil) }
                continue
            }
            guard let type else {
                values[name] = AttributeValue(text: text, type: nil)
                continue
            }
            let isText = [.text, .code, .any, .list].contains(type)
            let plain = isText ? text : Invisible.removed(from: text)
            guard let value = AttributeValue(plain, as: type, in: cells.times.zone) else {
                throw Rejection.notOfType(attribute: name, type)
            }
            values[name] = value
        }
        return values
    }

    /// The columns that a row states, once it was read: a birthday that stands for an unknown one says nothing.
    package func stating(_ columns: ColumnSet) -> ColumnSet {
        guard remarks.placeholder != nil else { return columns }
        var columns = columns
        columns.remove(.birthday)
        return columns
    }

    /// Systems fill an unknown birthday with the first day of their calendar: of 1900 for Excel, of 1970 for Unix.
    private static let placeholderYears = [1900, 1970]

    private mutating func birthday() throws -> RecurringDate? {
        let birthday = try cells.yearly(.birthday, calendar: .birthdayCalendar, leapMonth: .birthdayLeapMonth)
        guard let birthday, let year = birthday.year else { return birthday }
        if (birthday.month, birthday.day) == (1, 1), RowBuilder.placeholderYears.contains(year) {
            remarks.placeholder = birthday
            return nil
        }
        let civil: LocalDate? =
            switch birthday.calendar {
            case .solar: LocalDate(year, birthday.month, birthday.day)
            case .lunar:
                ChineseCalendar.solar(
                    of: LunarDate(year: year, month: birthday.month, day: birthday.day, leap: birthday.leapMonth))
            }
        let isFuture = civil.map { $0 > today } ?? (year > today.year)
        if isFuture { throw Rejection.futureBirthday }
        return birthday
    }

    private func date() throws -> DateRow {
        let member = try cells.requiredID(.memberID)
        let name = try cells.requiredID(.name)
        let date = try cells.yearly(.date, calendar: .calendar, leapMonth: .leapMonth)
        return DateRow(memberID: member, name: name, date: try cells.required(.date, date))
    }

    private func store() throws -> StoreRow {
        StoreRow(
            id: try cells.requiredID(.id), name: try cells.name(.name), timezone: try cells.timezone(),
            manager: try cells.name(.manager))
    }

    private mutating func order() throws -> OrderRow {
        let id = try cells.requiredID(.id)
        let member = try cells.requiredID(.memberID)
        let paidAt = try cells.required(.paidAt, try cells.instant(.paidAt))
        let total = try cells.required(.total, try cells.money(.total))
        var row = OrderRow(id: id, memberID: member, paidAt: paidAt, total: total)
        row.status =
            try cells.choice(.status, ValueWords.orderStatus) ?? .paid
        row.cancelledAt = try cells.instant(.cancelledAt)
        row.refundedAt = try cells.instant(.refundedAt)
        row.cart = try cells.id(.cart)
        row.storeID = try cells.id(.storeID)
        row.source = try cells.text(.source)
        row.items = try items(of: id)
        return row
    }

    /// Nil keeps the lines that are stored.
    private func items(of owner: String) throws -> [ItemRow]? {
        if let json = try cells.json(.items) { return try NestedItems.rows(json, of: owner) }
        return blanks == .clear && cells.record.cells[.items] != nil ? [] : nil
    }

    private func orderItem() throws -> ItemRow {
        ItemRow(
            orderID: try cells.requiredID(.orderID), sku: try cells.requiredID(.sku), name: try cells.name(.name),
            category: try cells.name(.category), quantity: try cells.whole(.quantity) ?? 1,
            price: try cells.money(.price))
    }

    private func product() throws -> ProductRow {
        ProductRow(
            sku: try cells.requiredID(.sku), name: try cells.name(.name), category: try cells.name(.category),
            price: try cells.money(.price), inStock: try cells.bool(.inStock),
            pairsWith: try cells.list(.pairsWith) ?? [])
    }

    private mutating func cart() throws -> CartRow {
        let id = try cells.requiredID(.id)
        let member = try cells.requiredID(.memberID)
        var row = CartRow(
            id: id, memberID: member, updatedAt: try cells.required(.updatedAt, try cells.instant(.updatedAt)))
        row.total = try cells.money(.total)
        row.inStockItems = try cells.whole(.inStockItems)
        row.state = try cells.choice(.state, ValueWords.cartState) ?? .open
        row.items = try items(of: id)
        return row
    }

    private mutating func points() throws -> PointsRow {
        let id = try cells.requiredID(.id)
        let member = try cells.requiredID(.memberID)
        var row = PointsRow(
            id: id, memberID: member, points: try cells.required(.points, try cells.whole(.points)))
        row.remaining = try cells.whole(.remaining)
        row.earnedAt = try cells.instant(.earnedAt)
        row.expiresAt = try cells.expiry(.expiresAt)
        return row
    }

    private mutating func coupon() throws -> CouponRow {
        var row = CouponRow(
            id: try cells.requiredID(.id), memberID: try cells.requiredID(.memberID),
            template: try cells.requiredID(.template))
        row.code = try cells.id(.code)
        row.faceValue = try cells.money(.faceValue)
        row.issuedAt = try cells.instant(.issuedAt)
        row.expiresAt = try cells.expiry(.expiresAt)
        row.state = try cells.choice(.state, ValueWords.couponState) ?? .unused
        return row
    }

    private mutating func event() throws -> EventRow {
        let id = try cells.id(.id)
        return try event(id: id, at: try cells.required(.at, try cells.instant(.at)))
    }

    /// An event whose id and instant are known; the record has the member, the name and the data.
    func event(id: String?, at: Instant) throws -> EventRow {
        let member = try cells.requiredID(.memberID)
        let name = try cells.requiredID(.name)
        let json = try cells.json(.data) ?? .object([])
        guard case .object = json else { throw Rejection.notObject(.data) }
        let data = json.compactText
        guard data.utf8.count <= CellReader.longestData else {
            throw Rejection.tooLong(.data, bytes: CellReader.longestData)
        }
        return EventRow(id: id, memberID: member, name: name, at: at, data: data)
    }

    private mutating func consent() throws -> IntakeRow {
        let address = try cells.address()
        let member = try address == nil ? cells.requiredID(.memberID) : cells.id(.memberID) ?? ""
        let channel = try cells.knownChannel(.channel, channels, for: member.isEmpty ? address?.kind : nil)
        let state = try cells.choice(.state, ValueWords.consentState)
        let purpose = try cells.choice(.purpose, ValueWords.purpose)
        var row = ConsentRow(
            memberID: member, channel: try cells.required(.channel, channel), purpose: purpose ?? .marketing,
            state: try cells.required(.state, state), at: try cells.instant(.at), source: try cells.text(.source),
            textVersion: try cells.text(.textVersion),
            proof: try cells.text(.proof).flatMap { ProofText.isOne($0) ? $0 : nil },
            isGuardian: try cells.bool(.guardian) ?? false)
        // A member's grant does not speak for others at the address; a withdrawal does.
        let isOfAddress = member.isEmpty || row.state == .withdrawn
        row.confirmedBy = try confirmation(of: row)
        return .consent(row, of: isOfAddress ? address : nil)
    }

    /// Where the member must confirm the grant before it counts. Only a member can be asked, for one channel at a time.
    private func confirmation(of row: ConsentRow) throws -> ChannelDeclaration.Address? {
        guard row.state == .granted, row.purpose == .marketing, row.proof == nil else { return nil }
        let asking = channels.filter { $0.doubleOptIn && (row.channel == "*" || row.channel == $0.id) }
        guard let channel = asking.first else { return nil }
        guard row.channel != "*", !row.memberID.isEmpty else { throw Rejection.needsProof(channel.id) }
        return channel.address
    }

    private mutating func suppression() throws -> SuppressionRow {
        let address = try cells.required(.address, try cells.address())
        let reason = try cells.choice(.reason, ValueWords.reason)
        return SuppressionRow(
            address: address, channel: try cells.knownChannel(.channel, channels, for: address.kind) ?? "*",
            reason: reason ?? .optOut, at: try cells.instant(.at))
    }
}
