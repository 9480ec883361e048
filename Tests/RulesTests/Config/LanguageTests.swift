import Config
import Kit
import Rules
import Testing

@Suite("The language of what is printed")
struct LanguageTests {
    @Test(
        "Chinese goes by the names that people know it by, on the command line as in nudged.yaml",
        arguments: [
            "zh-CN", "zh", "ZH", "zh_CN", "zh-Hans", "zh_CN.UTF-8", "zh-CN.utf8", "cn", "CN", "Chinese", "中文", "简体中文",
        ])
    func chinese(name: String) {
        #expect(Language(named: name) == .chinese)
        #expect(LanguageTests.stated(name) == .chinese)
    }

    @Test("so does English", arguments: ["en", "EN", "en-US", "en_GB.UTF-8", "English", "英文"])
    func english(name: String) {
        #expect(Language(named: name) == .english)
        #expect(LanguageTests.stated(name) == .english)
    }

    @Test("any other language is none, and nudged.yaml says which there are", arguments: ["fr", "", "C", "zhong"])
    func other(name: String) {
        #expect(Language(named: name) == nil)
        let (config, found) = LanguageTests.read(name)
        #expect(config == nil)
        #expect(found.map(\.code) == ["R104"] && found.flatMap(\.help) == ["allowed: en, zh-CN"])
    }

    private static func stated(_ name: String) -> Language? { read(name).0?.language }

    private static func read(_ name: String) -> (Configuration?, [Diagnostic]) {
        let text = "version: 1\nstore: {url: \"sqlite:n.db\"}\nlang: \"\(name)\"\n"
        let (config, found) = ConfigReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml"))
        return (config, found.filter { $0.code != "R002" })
    }

    @Test(
        "a Chinese locale means Chinese, unless it names an encoding that is not UTF-8",
        arguments: [
            ("zh_CN.UTF-8", Language.chinese), ("zh_CN.utf8", .chinese), ("zh_CN", .chinese), ("zh_TW.UTF-8", .chinese),
            ("zh_CN.UTF-8@cjknarrow", .chinese), ("zh_CN.GBK", .english), ("zh_CN.gb2312", .english),
            ("zh_CN.GB18030", .english), ("zh_TW.Big5", .english), ("C.UTF-8", .english), ("", .english),
        ])
    func locale(name: String, language: Language) {
        #expect(Language(locale: ["LANG": name]) == language)
        #expect(Language(locale: ["LC_ALL": name, "LANG": "zh_CN.UTF-8"]) == (name.isEmpty ? .chinese : language))
        #expect(Language(locale: ["LC_MESSAGES": name, "LANG": "zh_CN.UTF-8"]) == (name.isEmpty ? .chinese : language))
    }

    @Test("LC_ALL goes before LC_MESSAGES, and both before LANG")
    func order() {
        let (chinese, english) = ("zh_CN.UTF-8", "en_US.UTF-8")
        #expect(Language(locale: ["LC_MESSAGES": chinese, "LANG": english]) == .chinese)
        #expect(Language(locale: ["LC_ALL": english, "LC_MESSAGES": chinese, "LANG": chinese]) == .english)
        #expect(Language(locale: ["LC_ALL": "", "LC_MESSAGES": chinese, "LANG": english]) == .chinese)
    }
}
