/// The language of printed text. Codes and field names are the same in both.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-CN"
}
