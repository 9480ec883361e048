/// A phone number as members have it: digits after an optional `+`, 11 of them in mainland China.
struct E164Number {
    /// `+`, the country, the number.
    let e164: String

    /// Nil for anything else: a second number behind a comma or a space would reach a second person.
    init?(_ text: String) {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard (5...15).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        if text.hasPrefix("+") {
            e164 = text
        } else if digits.utf8.count == 11, digits.hasPrefix("1") {
            e164 = "+86" + digits
        } else {
            return nil
        }
    }

    /// Of a message, or why there is none.
    static func of(_ message: OutgoingMessage) throws(Unsendable) -> E164Number {
        guard let to = message.to else { throw .noAddress }
        guard let number = E164Number(to) else { throw .badAddress }
        return number
    }
}
