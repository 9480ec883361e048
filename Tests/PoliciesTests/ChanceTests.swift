import Policies
import Testing

@Suite("Chance")
struct ChanceTests {
    @Test("the two vectors of semantics §6 come out as printed")
    func vectors() {
        let lin = Chance.draw(key: "winback-2026q1", member: "lin")
        #expect(lin.n == 0x00e5_b1ba_7360_3c98 && lin.m == 0x6432_4f41_e12f_3293)
        let zhao = Chance.draw(key: "winback-2026q1", member: "zhao")
        #expect(zhao.n == 0x792d_92d6_29e9_ab62 && zhao.m == 0x2009_235c_5fee_fdfe)
        #expect(Chance.isHeldOut(key: "winback-2026q1", member: "lin", basisPoints: 1000))
        #expect(!Chance.isHeldOut(key: "winback-2026q1", member: "zhao", basisPoints: 1000))
        #expect(Chance.variant(key: "winback-2026q1", member: "zhao", shares: [5000, 5000]) == 0)
    }

    @Test("a share of 0 % takes nobody and one of 100 % everybody")
    func ends() {
        for number in 0..<500 {
            #expect(!Chance.isHeldOut(key: "k", member: "m\(number)", basisPoints: 0))
            #expect(Chance.isHeldOut(key: "k", member: "m\(number)", basisPoints: 10_000))
            #expect(Chance.variant(key: "k", member: "m\(number)", shares: [10_000]) == 0)
        }
    }

    @Test("10,000 members split within the binomial 99.9 % interval, and a new key deals again")
    func shares() {
        let members = (0..<10_000).map { "m\($0)" }
        let first = members.map { Chance.variant(key: "a", member: $0, shares: [5000, 5000]) }
        let again = members.map { Chance.variant(key: "a", member: $0, shares: [5000, 5000]) }
        let other = members.map { Chance.variant(key: "b", member: $0, shares: [5000, 5000]) }
        #expect(first == again)
        // 3.29 standard deviations of a binomial with n = 10,000 and p = 0.5, which are 50 each.
        #expect(abs(first.count { $0 == 0 } - 5000) <= 165)
        #expect(zip(first, other).count { $0 != $1 } > 4000)
    }
}
