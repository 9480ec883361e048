import Kit
import Rules

extension Adapter {
    package static let log = Adapter(
        type: "log", "a file, for trying things out", rate: nil,
        asks: Bilingual("a log by opening its file", "log 打开文件"),
        keys: [.init("path", .outputFile, "a file to append to", chinese: "写入的文件", examples: ["messages.ndjson"])],
        opening: .local { LogChannel(path: $0.text("path")) })
}
