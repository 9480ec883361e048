/// Messages in a time: `100/s`, `20/min`.
package struct Rate: Sendable, Hashable {
    package enum Unit: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "min"
        case hour = "h"

        var seconds: Double {
            switch self {
            case .second: 1
            case .minute: 60
            case .hour: 3600
            }
        }
    }
    package var count: Int
    package var unit: Unit
    package init(count: Int, unit: Unit) {
        self.count = count
        self.unit = unit
    }
    package var perSecond: Double { Double(count) / unit.seconds }

    /// What a channel over the network has where nothing is stated: a mistake is seen before it is everywhere.
    package static let ofNetwork = Rate(count: 100, unit: .second)
}
