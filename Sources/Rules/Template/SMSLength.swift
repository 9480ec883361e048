/// The number of billed messages for a text (semantics §7): Chinese gateways count UTF-16 units.
package enum SMSLength {
    /// A single message holds 70 units; of a longer text each segment holds 67. Never less than 1.
    package static func segments(_ text: String) -> Int {
        let units = text.utf16.count
        return units <= 70 ? 1 : (units + 66) / 67
    }
}
