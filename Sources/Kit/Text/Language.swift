/// The language of what is printed. Codes and field names are the same in both.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-CN"
}
