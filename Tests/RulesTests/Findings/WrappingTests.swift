import Kit
import Testing

@Suite("Chinese text on a terminal")
struct WrappingTests {
    @Test(
        "is broken between characters and at spaces, not before a closing mark and not within a word",
        arguments: [
            ("恢复备份之后，暂停发送", 8, 0, ["恢复备份", "之后，暂", "停发送"]),
            ("一二三四，五", 8, 0, ["一二三", "四，五"]),
            ("（一二三四五）", 10, 2, ["（一二三四", "  五）"]),
            ("请加 --not-arrived 再试", 12, 4, ["请加", "    --not-arrived", "    再试"]),
            ("  --yes  不询问，直接写入", 16, 9, ["  --yes  不询", "         问，直", "         接写入"]),
            ("--a-word-that-is-too-long", 10, 2, ["--a-word-that-is-too-long"]),
            ("", 10, 2, [""]),
        ])
    func lines(text: String, columns: Int, indent: Int, lines: [String]) {
        #expect(Wrapping.wrapped(text, columns: columns, indent: indent) == lines.joined(separator: "\n"))
    }
}
