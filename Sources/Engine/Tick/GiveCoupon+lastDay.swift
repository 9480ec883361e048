import Kit
import Policies
import Rules

extension GiveCoupon {
    /// The last day on which the coupon counts, on the clock of the occurrence; nil for one without an end.
    package func lastDay(of template: CouponTemplate, for occurrence: Occurrence, at now: Instant) -> LocalDate? {
        let today = occurrence.zone.date(of: now)
        let own: LocalDate? =
            switch validUntil {
            case .daysAfterSend(let days): today.adding(days: days)
            case .daysAfterOccasion(let days):
                (occurrence.date ?? occurrence.zone.date(of: occurrence.due)).adding(days: days)
            case nil: template.validDays.map { today.adding(days: $0) }
            }
        return [own, template.validUntil].compactMap(\.self).min()
    }
}
