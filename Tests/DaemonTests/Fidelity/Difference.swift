import Policies
import Rules
import TestSupport

/// What a dry-run and the daemon say differently, of as few rules and members as it takes.
struct Difference {
    /// Lines compared.
    var count: Int
    /// Nil where nothing differs.
    var text: String?

    static func of(
        _ workspace: FidelityWorkspace, _ course: FidelityRun.Course, in scratch: Scratch
    ) async throws -> Difference {
        var run = FidelityRun(workspace, course, in: scratch)
        let result = try await run.run()
        guard differ(result) else { return Difference(count: result.dryRun.count, text: nil) }
        let (smallest, last) = try await shrink(workspace, course, result, in: scratch)
        return Difference(count: result.dryRun.count, text: describe(last, smallest))
    }

    private static func differ(_ result: FidelityRun.Result) -> Bool {
        !result.undelivered.isEmpty || result.dryRun.map(\.json.rendered) != result.daemon.map(\.json.rendered)
    }

    private static func shrink(
        _ workspace: FidelityWorkspace, _ course: FidelityRun.Course, _ result: FidelityRun.Result, in scratch: Scratch
    ) async throws -> (FidelityWorkspace, FidelityRun.Result) {
        var (smallest, last) = (workspace, result)
        let smaller: [(FidelityWorkspace) -> FidelityWorkspace] =
            workspace.fixtures.members.map { member in { $0.without(member: member.row.id) } }
            + workspace.staged.planned.plans.map { plan in { $0.without(rule: plan.rule.id) } }
        for change in smaller {
            let candidate = change(smallest)
            var run = FidelityRun(candidate, course, in: scratch)
            let result = try await run.run()
            if differ(result) { (smallest, last) = (candidate, result) }
        }
        return (smallest, last)
    }

    /// Masked: neither addresses nor texts.
    private static func describe(_ result: FidelityRun.Result, _ workspace: FidelityWorkspace) -> String {
        let (dryRun, daemon) = (result.dryRun.map(short), result.daemon.map(short))
        let missing = dryRun.filter { !daemon.contains($0) }.map { "  dry-run  \($0)" }
        let extra = daemon.filter { !dryRun.contains($0) }.map { "  daemon   \($0)" }
        var text = missing + extra + result.undelivered.map { "  not handed over  \($0)" }
        if text.isEmpty {
            let pairs = zip(result.dryRun, result.daemon).filter { $0.0.json.rendered != $0.1.json.rendered }
            text = pairs.map { "  only in channel, text, values or variant: \(short($0.0))" }
        }
        text += workspace.staged.planned.plans.map { "\($0.rule.status) " + $0.rule.origin.text }
        for member in workspace.fixtures.members {
            text.append("  \(member.row.id) \(member.row.timezone ?? "-") \(member.row.storeID ?? "-")")
            text += member.orders.map {
                "    order \($0.id) \($0.paidAt.utcText) \($0.status) \($0.cancelledAt?.utcText ?? "") \($0.refundedAt?.utcText ?? "") \($0.cart ?? "") \($0.total)"
            }
            text += member.carts.map { "    cart \($0.id) \($0.updatedAt.utcText) \($0.state)" }
            text += member.points.map {
                "    points \($0.id) \($0.earnedAt?.utcText ?? "-") \($0.expiresAt?.utcText ?? "-") \($0.remaining ?? $0.points)"
            }
            text += member.coupons.map {
                "    coupon \($0.id) \($0.issuedAt?.utcText ?? "-") \($0.expiresAt?.utcText ?? "-") \($0.state)"
            }
            text += member.events.map { "    event \($0.name) \($0.at.utcText) \($0.id ?? "-") \($0.data)" }
        }
        return text.joined(separator: "\n")
    }

    private static func short(_ line: Decision) -> String {
        "\(line.at.utcText) \(line.occasion) \(World.short(line).dropFirst(17))"
    }
}
