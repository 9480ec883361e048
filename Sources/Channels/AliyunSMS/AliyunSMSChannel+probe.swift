import Kit

extension AliyunSMSChannel {
    /// Asks what was sent today to the number of a carrier's hotline: a signed question that sends nothing. The key needs
    /// the right to QuerySendDetails.
    func probe(at now: Instant) async -> ProbeOutcome {
        let question = [
            ("PhoneNumber", "13800138000"), ("SendDate", Zone.beijing.date(of: now).text.replacing("-", with: "")),
            ("PageSize", "1"), ("CurrentPage", "1"),
        ]
        return await transport.perform(signed("QuerySendDetails", question, at: now)).probe {
            ProbeOutcome(outcome(of: $0, at: now))
        }
    }
}
