import Kit

extension TwilioChannel {
    /// Asks for the account itself, which a suspended one answers too.
    func probe(at now: Instant) async -> ProbeOutcome {
        await transport.perform(HTTPRequest(.get, account + ".json", headers: [login])).probe { response in
            guard let answer = response.json, response.status == 200, let status = answer["status"]?.scalarText else {
                return ProbeOutcome(outcome(of: response, at: now))
            }
            return status == "active" ? .works(["status": status]) : .refused(code: ProviderCode.safe(status))
        }
    }
}
