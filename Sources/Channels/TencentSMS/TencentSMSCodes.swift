extension TencentSMSChannel {
    /// The codes of SendSms, as the provider's SDK explains them.
    static let codes = CodeTable(
        [
            .accepted: ["Ok"],
            .busy: [
                "InternalError", "RequestLimitExceeded", "LimitExceeded.GlobalSmsSendingRateLimit",
                "InternalError.UnknownError", "InternalError.ParseBackendResponseFail", "ServiceUnavailable",
            ],
            // An older page advises to send again after the timeout, which may send it twice.
            .unknown: ["InternalError.Timeout", "InternalError.SendAndRecvFail", "InternalError.OtherError"],
            .wait(.seconds(30)): ["LimitExceeded.PhoneNumberThirtySecondLimit"],
            .wait(.seconds(3600)): [
                "LimitExceeded.PhoneNumberOneHourLimit", "LimitExceeded.DeliveryFrequencyLimit",
                // Marketing leaves between 8 and 22 o'clock.
                "FailedOperation.MarketingSendTimeConstraint",
            ],
            .wait(.seconds(86_400)): [
                "LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberSameContentDailyLimit",
            ],
            .quota(.day): [
                "LimitExceeded.AppDailyLimit", "LimitExceeded.AppMainlandChinaDailyLimit",
                "LimitExceeded.AppGlobalDailyLimit", "LimitExceeded.AppCountryOrRegionDailyLimit",
                "LimitExceeded.DailyLimit",
            ],
            .rejected: [
                "InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberParseFail",
                "FailedOperation.ContainSensitiveWord", "InvalidParameterValue.ContentLengthLimit",
                "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
                "FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "LimitExceeded.PhoneNumberCountLimit",
                "LimitExceeded.AppCountryOrRegionInBlacklist", "MissingParameter.EmptyPhoneNumberSet",
                "FailedOperation.FailResolvePacket", "FailedOperation.JsonParseFail",
            ],
            .suppressed(.optedOut): ["FailedOperation.PhoneNumberInBlacklist"],
            .misconfigured: [
                "FailedOperation.InsufficientBalanceInSmsPackage", "FailedOperation.SignatureIncorrectOrUnapproved",
                "FailedOperation.TemplateIncorrectOrUnapproved", "FailedOperation.TemplateUnapprovedOrNotExist",
                "InvalidParameterValue.SdkAppIdNotExist", "InternalError.RequestTimeException", "IpInBlacklist",
                "IpNotInWhitelist",
            ],
        ],
        families: [
            ("RequestLimitExceeded.", .busy), ("InvalidParameterValue.TemplateParameter", .rejected),
            ("UnsupportedOperation.", .rejected), ("UnauthorizedOperation.", .misconfigured),
            ("AuthFailure.", .misconfigured),
        ])
}
