/// The language of printed text. Codes and field names are the same in both.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-CN"

    /// The language of a process by its variables, as the system's programs choose theirs.
    package init(locale environment: [String: String]) {
        let locale = environment["LC_ALL"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["LANG"] ?? ""
        self = locale.hasPrefix("zh") ? .chinese : .english
    }
}
