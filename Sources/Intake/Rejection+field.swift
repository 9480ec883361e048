import Rules

extension Rejection {
    /// The column that it is about; nil where it is about the whole row.
    package var field: String? {
        switch self {
        case .empty(let column), .control(let column, _), .tooLong(let column, _), .excelNumber(let column),
            .excelSerial(let column), .notDate(let column, _), .notInstant(let column, _), .noSuchDate(let column, _),
            .yearOutOfRange(let column, _), .notMoney(let column, _), .tenThousands(let column, _),
            .moneyDecimals(let column, _), .negative(let column, _), .tooMuchMoney(let column, _),
            .notWhole(let column, _), .notOneOf(let column, _, _), .doubledKey(let column),
            .ahead(let column):
            column.rawValue
        case .nul(let name), .invalidBytes(let name): name
        case .notJSON(let column, _), .notObject(let column): column?.rawValue
        case .futureBirthday: Column.birthday.rawValue
        case .solarLeapMonth, .noSuchLeapMonth: Column.leapMonth.rawValue
        case .notPhone: Column.phone.rawValue
        case .notEmail: Column.email.rawValue
        case .notAddress: Column.address.rawValue
        case .noSuchZone: Column.timezone.rawValue
        case .noMember: Column.memberID.rawValue
        case .noOrder, .ambiguousOrder: Column.orderID.rawValue
        case .notOfType(let name, _): "attr.\(name)"
        case .needsProof: Column.proof.rawValue
        case .otherEvent: Column.id.rawValue
        case .undecodable, .notList, .noMessage, .noEvent, .unknownType, .noPerson, .noSecondPerson, .noEventName,
            .notTime, .inFuture, .notConsents, .unwritable,
            .conflict, .shortRow, .longRow, .openQuote, .textAfterQuote, .recordTooLong:
            nil
        }
    }
}
