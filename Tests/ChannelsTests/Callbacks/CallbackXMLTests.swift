import Testing

@testable import Channels

@Suite("The XML of callbacks")
struct CallbackXMLTests {
    private func read(_ text: String) -> CallbackNode? { CallbackXML.read(Array(text.utf8)) }

    @Test("Elements, CDATA, and several nodes of one name are read")
    func reads() throws {
        let node = try #require(
            read(
                """
                 <xml>
                  <A><![CDATA[林 <b>&amp;</b> ]]]]><![CDATA[>]]></A><Empty/><Two ></Two >
                  <List><Id>1</Id></List><List><Id>2&lt;&quot;&apos;&gt;&amp;</Id></List>
                 </xml>

                """))
        #expect(node.name == "xml" && node["A"] == "林 <b>&amp;</b> ]]>")
        #expect(node["Empty"] == "" && node["Two"] == "" && node["None"] == nil && node["List"] == nil)
        #expect(node.owners(of: "Id").map { $0["Id"] } == ["1", "2<\"'>&"])
    }

    @Test(
        "Whatever names something else, or is not whole, is refused",
        arguments: [
            "", " ", "text", "<", "<xml", "<xml>", "<xml><a></xml>", "<xml></a>", "<xml></xml><xml></xml>",
            "<xml></xml>x",
            "<?xml version=\"1.0\"?><xml></xml>", "<!DOCTYPE xml><xml></xml>", "<xml><!-- x --></xml>",
            "<xml><?php x ?></xml>", "<xml a=\"1\"></xml>", "<x:ml></x:ml>", "<xml>&e;</xml>", "<xml>&#65;</xml>",
            "<xml>&amp</xml>", "<xml>&</xml>", "<xml><![CDATA[x]]</xml>", "<xml><![cdata[x]]></xml>",
            "<xml>\u{0}</xml>",
            "<1></1>", "< xml></xml>", "<xml></ xml>",
            """
            <!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
            <xml><FromUserName>&c;</FromUserName></xml>
            """,
            "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml>&a;</xml>",
        ])
    func refuses(text: String) {
        #expect(read(text) == nil)
    }

    @Test("Neither depth nor number of elements, nor bytes that are no UTF-8, are a burden")
    func bounds() {
        func nested(_ levels: Int) -> String {
            String(repeating: "<a>", count: levels) + String(repeating: "</a>", count: levels)
        }
        func many(_ elements: Int) -> String { "<a>" + String(repeating: "<b/>", count: elements - 1) + "</a>" }
        #expect(read(nested(16)) != nil && read(nested(17)) == nil && read(nested(100_000)) == nil)
        #expect(read(many(2000)) != nil && read(many(2001)) == nil)
        #expect(read("<a>" + String(repeating: "x", count: 1_000_000) + "</a>") != nil)
        #expect(read("<a>" + String(repeating: "]]", count: 500_000)) == nil)
        #expect(read("<" + String(repeating: "a", count: 1_000_000) + "/>") == nil)
        #expect(CallbackXML.read([0x3C, 0x61, 0x3E, 0xFF, 0x3C, 0x2F, 0x61, 0x3E]) == nil)
    }

    @Test("JSON is the same tree: an array is several nodes of its name")
    func json() throws {
        let one = try #require(CallbackNode(body: Array(#"{"List":{"Id":"1","N":7},"E":null}"#.utf8)))
        #expect(one.owners(of: "Id").map { $0["N"] } == ["7"] && one["E"] == "")
        let two = try #require(CallbackNode(body: Array(#"{"List":[{"Id":"1"},{"Id":"2"}],"Deep":{"List":[]}}"#.utf8)))
        #expect(two.owners(of: "Id").map { $0["Id"] } == ["1", "2"])
        for text in ["", "7", "[]", "[{\"a\":1}]", "{", "{\"a\":1,\"a\":2}", "a=b"] {
            #expect(CallbackNode(body: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test("A tree prints none of its texts")
    func silent() {
        #expect(!"\(CallbackNode("a", text: "oCanary"))".contains("Canary"))
        #expect(Mirror(reflecting: CallbackNode("a", text: "oCanary")).children.isEmpty)
    }
}
