extension AliyunSMSChannel {
    /// The codes of SendSms, by https://help.aliyun.com/document_detail/101346.html.
    static let codes = CodeTable(
        [
            .accepted: ["OK"],
            .wait(.seconds(3600)): ["isv.BUSINESS_LIMIT_CONTROL"],
            .quota(.day): ["isv.DAY_LIMIT_CONTROL"],
            .quota(.month): ["isv.MONTH_LIMIT_CONTROL"],
            .busy: [
                "isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "Throttling", "ServiceUnavailable", "InternalError",
                "SignatureNonceUsed",
            ],
            .rejected: [
                "isv.MOBILE_NUMBER_ILLEGAL", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "isv.TEMPLATE_MISSING_PARAMETERS",
                "isv.TEMPLATE_PARAMS_ILLEGAL", "isv.INVALID_JSON_PARAM", "isv.PARAM_LENGTH_LIMIT",
                "isv.PARAM_NOT_SUPPORT_URL", "isv.UNSUPPORTED_CONTENT", "isv.SMS_CONTENT_ILLEGAL",
                "isv.INVALID_PARAMETERS", "isv.MOBILE_COUNT_OVER_LIMIT",
                // Old pages say a word is forbidden, newer ones that the number is on a list: no suppression in doubt.
                "isv.BLACK_KEY_CONTROL_LIMIT",
            ],
            .suppressed(.optedOut): ["isv.CUSTOMER_REFUSED"],
            .misconfigured: [
                "isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE",
                "isp.RAM_PERMISSION_DENY", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL",
                "isv.SMS_SIGN_ILLEGAL", "isv.SIGN_NAME_ILLEGAL", "isv.SIGN_STATE_ILLEGAL",
                "isv.SMS_SIGNATURE_SCENE_ILLEGAL", "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", "isv.EXTEND_CODE_ERROR",
                "isv.DENY_IP_RANGE", "SignatureDoesNotMatch", "InvalidVersion", "InvalidAction.NotFound", "Forbidden",
            ],
        ],
        families: [
            ("Throttling.", .busy), ("isv.ACCOUNT_", .misconfigured), ("isv.PRODUCT_", .misconfigured),
            ("InvalidAccessKeyId.", .misconfigured), ("InvalidTimeStamp.", .misconfigured),
        ])
}
