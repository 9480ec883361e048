import Glibc
import Kit
import Testing

@Suite("What the system says of an error")
struct SystemReasonTests {
    @Test(
        "has Chinese words for the numbers that files, programs and connections end with",
        arguments: [
            EPERM, ENOENT, EIO, EACCES, EEXIST, ENOTDIR, EISDIR, EMFILE, ENOSPC, EROFS, ENAMETOOLONG, ELOOP, EADDRINUSE,
            EADDRNOTAVAIL, ECONNREFUSED, ETIMEDOUT, EDQUOT,
        ])
    func usual(code: Int32) {
        let words = Bilingual(errno: code)
        #expect(words.english == String(cString: strerror(code)))
        #expect(words.chinese.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }, "\(words.chinese)")
    }

    @Test("has the number and the system's own words where nobody translated it")
    func unusual() {
        let words = Bilingual(errno: EL3HLT)
        #expect(words.chinese == "系统错误 \(EL3HLT)（\(words.english)）")
    }
}

@Suite("The years that may be asked about")
struct HorizonTests {
    @Test(
        "are those of the calendars, on the shop's clock",
        arguments: [
            ("1899-12-31T15:54:16Z", false), ("1900-01-01T00:00:00Z", true), ("2100-12-31T15:59:59Z", true),
            ("2100-12-31T16:00:00Z", false), ("9999-01-01T00:00:00Z", false),
        ])
    func years(text: String, isHeld: Bool) throws {
        let zone = try #require(Zone(named: "Asia/Shanghai"))
        #expect(Horizon.holds(try #require(Instant(rfc3339: text)), in: zone) == isHeld)
    }

    @Test(
        "are ten of them at most in one window",
        arguments: [
            ("2036-03-01T00:00:00Z", false), ("2036-03-02T00:00:00Z", true), ("9999-03-01T00:00:00Z", true),
            ("2020-01-01T00:00:00Z", false),
        ])
    func window(end: String, isExceeded: Bool) throws {
        let start = try #require(Instant(rfc3339: "2026-03-01T00:00:00Z"))
        #expect(Horizon.isExceeded(from: start, until: try #require(Instant(rfc3339: end))) == isExceeded)
    }
}
