/// Values in the store that findings on files can name; empty where no store was asked.
package struct OnFile: Sendable {
    /// The first few tiers that members have, by name, for shops whose settings declare none.
    package var tiers: [String]
    /// The number of codes left in each pool that has any; nil where no store was asked.
    package var freeCodes: [String: Int]?

    package init(tiers: [String] = [], freeCodes: [String: Int]? = nil) {
        self.tiers = tiers
        self.freeCodes = freeCodes
    }
}
