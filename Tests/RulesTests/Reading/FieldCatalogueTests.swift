@testable import Kit
import Testing

@testable import Rules

@Suite("Field catalogue")
struct FieldCatalogueTests {
    private let paid = Trigger.event(.init(name: "order.paid", filter: nil, after: .zero, at: nil))

    @Test("knows a name once, with words in both languages")
    func declarations() {
        let names = FieldCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(FieldCatalogue.all.allSatisfy { !$0.description.isEmpty && !$0.chinese.isEmpty })
        #expect(FieldCatalogue.all.allSatisfy { FieldCatalogue.sources[String($0.name.prefix { $0 != "." })] != nil })
    }

    @Test("resolves a name by its trigger, by what was saved and by the shop's own fields")
    func resolving() {
        let custom = [
            CustomField(id: "member.attr.shoe", type: .number, description: "x", canBeMissing: true, sqliteSQL: nil)
        ]
        func field(_ name: String, _ trigger: Trigger?, saved: [String: SavedName] = [:]) -> Field? {
            FieldCatalogue.field(named: name, trigger: trigger, saved: saved, custom: custom)
        }
        #expect(field("member.rfm.segment", nil)?.type == .text)
        #expect(field("member.attr.shoe", nil)?.type == .number)
        #expect(field("member.attr.hat", nil) == nil)
        #expect(
            field("order.total", paid) == Field(name: "order.total", source: .order, type: .money, canBeMissing: false))
        #expect(field("order.total", .cartIdle(for: Span(24, .hours))) == nil)
        #expect(field("order.items.first.name", paid)?.canBeMissing == true)
        #expect(field("trigger.data.store", paid)?.type == .any)
        #expect(field("trigger.data", paid) == nil)
        #expect(field("trigger.due_at", nil) == nil)
        let saved: [String: SavedName] = [
            "gift": .coupon(hasFaceValue: false, hasLastDay: true), "picks": .records(canBeEmpty: true), "cs": .coupons,
        ]
        #expect(
            field("gift.code", paid, saved: saved)
                == Field(name: "gift.code", source: .saved("gift"), type: .code, canBeMissing: false))
        #expect(field("gift.face_value", paid, saved: saved)?.canBeMissing == true)
        #expect(field("picks", paid, saved: saved)?.type == .list)
        #expect(field("cs.first.face_value", paid, saved: saved)?.type == .money)
        #expect(field("gift", paid, saved: saved) == nil)
        #expect(field("gift.code", paid) == nil)
    }

    @Test("names the nearest field, also where only the row was left out")
    func nearest() {
        let scope = FieldScope(rows: ["member"])
        func nearest(_ name: String) -> String? {
            if case .unknown(let near) = scope.lookup(name) { near?.name } else { nil }
        }
        #expect(nearest("member.teir") == "member.tier")
        #expect(nearest("lifetime_spend") == "member.lifetime_spend")
        #expect(nearest("platform") == nil)
    }
}
