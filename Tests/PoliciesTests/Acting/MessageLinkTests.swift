import Rules
import Testing

@testable import Policies

@Suite("Links beside a message")
struct MessageLinkTests {
    @Test("are read as they were written down")
    func stored() throws {
        let links = [
            MessageLink(.text, TextLink(bytes: 3..<43, target: .unsubscribe)),
            MessageLink(
                .html, TextLink(bytes: 0..<42, target: .short(name: "sale", url: "https://shop.example.com/\"a\""))),
            MessageLink(.value("url"), TextLink(bytes: 0..<42, target: .short(name: "a", url: "https://b.example/"))),
            MessageLink(.subject, TextLink(bytes: 1..<2, target: .unsubscribe)),
            MessageLink(.html, TextLink(bytes: 50..<90, target: .confirm)),
        ]
        #expect([MessageLink](stored: try #require(links.stored).rendered) == links)
        #expect([MessageLink]().stored == nil)
    }

    @Test(
        "are refused where the cell is damaged",
        arguments: [
            "", "{}", "[1]", "[{}]", "[{\"in\":\"text\",\"at\":-1,\"length\":1}]",
            "[{\"in\":\"x\",\"at\":1,\"length\":1}]",
            "[{\"in\":\"text\",\"at\":9223372036854775807,\"length\":2}]", "[{\"in\":\"text\",\"at\":1,\"length\":-2}]",
            "[{\"in\":\"text\",\"at\":1e3,\"length\":2}]",
        ])
    func damaged(_ text: String) {
        #expect([MessageLink](stored: text) == nil)
    }
}
