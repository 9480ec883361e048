import Intake
import Rules

extension RowWriter {
    private static let points = RowTable(
        "points", keys: ["member", "id"], columns: ["points", "remaining", "earned_at", "expires_at"])
    private static let coupons = RowTable(
        "coupons", keys: ["member", "id"],
        columns: ["template", "code", "face_value", "issued_at", "expires_at", "state", "used_at"])

    /// `remaining` defaults to `points`; the stored value is kept where some have been spent.
    package mutating func write(points row: PointsRow, stating columns: ColumnSet? = nil) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let isNew = batch?.isNew(row.id) ?? false
        let known = "SELECT points, remaining FROM points WHERE member = ? AND id = ?"
        let stored = isNew ? nil : try db.first(known, [row.memberID, row.id])
        let isWhole = try stored.map { try $0[0] as Int == $0[1] as Int } ?? true
        let (written, _, _) = try db.upsert(
            RowWriter.points, key: [row.memberID, row.id],
            [
                RowCell(row.points, has(.points)),
                RowCell(row.remaining ?? row.points, row.remaining != nil || isWhole),
                RowCell(row.earnedAt?.micros, has(.earnedAt)), RowCell(row.expiresAt?.micros, has(.expiresAt)),
            ], isNew: isNew)
        var changed = false
        if has(.earnedAt) {
            let sql = "SELECT seq, at FROM events WHERE member = ? AND name = ? AND ref = ? AND source = 'row'"
            let event = isNew ? nil : try SpineEvent(db.first(sql, [row.memberID, EventNames.pointsEarned, row.id]))
            changed = try settle(event, row.earnedAt, row.memberID, name: EventNames.pointsEarned, ref: row.id)
        }
        return try noted(written, also: changed, row.memberID)
    }

    /// An ingested `coupon.used` about the coupon wins over the row.
    package mutating func write(coupon row: CouponRow, stating columns: ColumnSet? = nil) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let sql = "SELECT at FROM events WHERE member = ? AND name = ? AND ref = ? ORDER BY at LIMIT 1"
        let isNew = batch?.isNew(row.id) ?? false
        let used: Int64? = isNew ? nil : try db.first(sql, [row.memberID, EventNames.couponUsed, row.id])?[0]
        let state = used == nil ? row.state : .used
        let (written, _, _) = try db.upsert(
            RowWriter.coupons, key: [row.memberID, row.id],
            [
                RowCell(row.template, has(.template)), RowCell(row.code, has(.code)),
                RowCell(row.faceValue, has(.faceValue)), RowCell(row.issuedAt?.micros, has(.issuedAt)),
                RowCell(row.expiresAt?.micros, has(.expiresAt)), RowCell(state.rawValue, has(.state) || used != nil),
                RowCell(used, used != nil || (has(.state) && state != .used)),
            ], isNew: isNew)
        return try noted(written, row.memberID)
    }
}
