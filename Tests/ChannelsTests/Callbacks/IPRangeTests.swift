import Testing

@testable import Channels

@Suite("Ranges of addresses")
struct IPRangeTests {
    @Test(
        "an address is in a range whose first bits it has",
        arguments: [
            ("203.0.113.0/24", "203.0.113.255", true), ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.7", "203.0.113.7", true), ("203.0.113.7", "203.0.113.6", false),
            ("203.0.113.128/25", "203.0.113.127", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("203.0.113.0/24", "::ffff:203.0.113.1", true),
            ("10.0.0.0/8", "10.1.2.3.4", false), ("10.0.0.0/8", "", false),
        ])
    func contains(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(IPRange(range)).contains(address) == isInside)
    }

    @Test(
        "what is no range is none",
        arguments: [
            "", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129", "example.com", "10.0.0.1/8/8",
        ])
    func none(text: String) { #expect(IPRange(text) == nil) }
}
