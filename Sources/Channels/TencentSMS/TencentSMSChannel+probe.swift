import Kit

extension TencentSMSChannel {
    /// Sends to nobody: the provider refuses an empty list of numbers after it has looked at the signature.
    func probe(at now: Instant) async -> ProbeOutcome {
        let content = JSONText.object([
            "PhoneNumberSet": .list([]), "SmsSdkAppId": .text(settings.appID), "TemplateId": "0",
            "TemplateParamSet": .list([]),
        ])
        return await transport.perform(signed("SendSms", content, at: now)).probe { response in
            let code = response.json?["Response"]?["Error"]?["Code"]?.scalarText
            return code == "MissingParameter.EmptyPhoneNumberSet"
                ? .works() : ProbeOutcome(outcome(of: response, at: now))
        }
    }
}
