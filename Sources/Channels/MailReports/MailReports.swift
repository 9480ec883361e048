import Policies

/// Reads what comes to the address of bounces: delivery status notifications (RFC 3464, 6533) and feedback reports
/// (RFC 5965). Anybody may write to that address, so a report counts only with a reference of ours, and whether the
/// reference is known is for the store to say.
package struct MailReports: Sendable {
    package enum Reading: Sendable, Hashable {
        case reports([MailReport])
        /// A mail that is no report, or one that names no message of ours.
        case other
        /// A report that is not in the form that its standard says.
        case damaged

        /// Empty where it is none.
        package var reports: [MailReport] { if case .reports(let reports) = self { reports } else { [] } }
    }

    /// A larger mail is not read.
    package static let mostBytes = 1 << 20
    /// A report of more recipients is none of ours: our mails have one.
    private static let mostRecipients = 10

    /// The sender of our mails to servers, with `{token}` where the reference stands; without one, the reference is in the
    /// Message-ID alone.
    private let sender: (before: String, after: String)?

    /// - Parameter sender: `envelope_from` of the channel.
    package init(sender: String) {
        let parts = sender.lowercased().components(around: "{token}")
        self.sender = parts
    }

    package func read(_ bytes: [UInt8]) -> Reading {
        guard bytes.count <= MailReports.mostBytes, let mail = MailPart(bytes[...]) else { return .damaged }
        guard mail.type == "multipart/report" else { return .other }
        guard let parts = mail.parts else { return .damaged }
        let returned = parts.first { MailReports.returned.contains($0.type) }.map { MailFields($0.fields.body) }
        for part in parts {
            switch part.type {
            case "message/delivery-status", "message/global-delivery-status":
                return reading(of: part, mail.fields, returned, MailReports.failures)
            case "message/feedback-report":
                return reading(of: part, mail.fields, returned, MailReports.complaints)
            default: continue
            }
        }
        return .other
    }

    private static let returned: Set = [
        "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
    ]

    /// What a report says of one recipient.
    private typealias Said = (address: String?, meaning: MailReport.Meaning)

    /// - Parameter said: nil where the part is not in its form.
    private func reading(
        of part: MailPart, _ mail: MailFields, _ returned: MailFields?, _ said: ([MailFields]) -> [Said]?
    ) -> Reading {
        guard let groups = MailReports.groups(of: part.fields.body), let said = said(groups) else { return .damaged }
        guard !said.isEmpty, let reference = reference(mail, returned, groups) else { return .other }
        return .reports(said.map { MailReport(reference: reference, address: $0.address, meaning: $0.meaning) })
    }

    /// The groups of fields of a report, which empty lines part. Nil where a line is no field, or there are too many.
    private static func groups(of body: ArraySlice<UInt8>) -> [MailFields]? {
        var groups: [MailFields] = []
        var rest = body
        while true {
            while let byte = rest.first, byte == 0x0A || byte == 0x0D { rest = rest.dropFirst() }
            if rest.isEmpty { return groups.isEmpty ? nil : groups }
            let group = MailFields(rest)
            guard group.isWhole, groups.count <= mostRecipients else { return nil }
            groups.append(group)
            rest = group.body
        }
    }
}

// MARK: what it says

extension MailReports {
    /// Of each recipient but those whom the mail reached or left for.
    private static func failures(_ groups: [MailFields]) -> [Said]? {
        var said: [Said] = []
        for group in groups.dropFirst() {
            guard let action = group["action"]?.prefix(while: { $0.isLetter }).lowercased(),
                let recipient = group["final-recipient"]
            else { return nil }
            let named = group["original-recipient"].flatMap(address) ?? address(recipient)
            let code = status(group)
            switch action {
            case "failed":
                guard let code, !code.hasPrefix("2") else { return nil }
                said.append((named, .failed(code: code, isBounce: SMTPReply.isBounce(code))))
            case "delayed": said.append((named, .delayed(code: code ?? "delayed")))
            case "delivered", "relayed", "expanded": break
            default: return nil
            }
        }
        return groups.count > 1 ? said : nil
    }

    /// Of mail that somebody calls spam; other kinds of feedback say nothing of the member.
    private static func complaints(_ groups: [MailFields]) -> [Said]? {
        guard groups.count == 1, let kind = groups[0]["feedback-type"]?.lowercased() else { return nil }
        guard ["abuse", "opt-out", "opt-out-list"].contains(kind) else { return [] }
        return [(groups[0]["original-rcpt-to"].flatMap { plain($0) }, .complaint)]
    }

    /// The enhanced code of RFC 3463. Where the server says no more than that it failed, the line of the server before
    /// it may say why.
    private static func status(_ group: MailFields) -> String? {
        let stated = group["status"].map { $0.prefix { $0.isASCII && ($0.isNumber || $0 == ".") } }.flatMap(enhanced)
        guard let stated else { return nil }
        guard stated.hasSuffix(".0.0"), let diagnostic = group["diagnostic-code"],
            let semicolon = diagnostic.firstIndex(of: ";")
        else { return stated }
        let line = String(diagnostic[diagnostic.index(after: semicolon)...].drop { $0 == " " })
        guard let code = Int(line.prefix(3)),
            let told = SMTPReply(code: code, line: line).enhanced.flatMap({ enhanced($0) }),
            told.first == stated.first
        else { return stated }
        return told
    }

    private static func enhanced(_ text: some StringProtocol) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, ["2", "4", "5"].contains(parts[0]), parts.allSatisfy({ (1...3).contains($0.count) })
        else { return nil }
        return String(text)
    }

    /// `rfc822;lin@example.com`.
    private static func address(_ field: String) -> String? {
        guard let semicolon = field.firstIndex(of: ";"),
            ["rfc822", "utf-8"].contains(field[..<semicolon].lowercased().filter { $0 != " " })
        else { return nil }
        return plain(String(field[field.index(after: semicolon)...]))
    }

    private static func plain(_ text: String) -> String? {
        let address = text.filter { !" <>".contains($0) }
        return address.contains("@") && address.utf8.count <= 320 ? address : nil
    }
}

// MARK: which message it is about

extension MailReports {
    /// By the mail that came back, by the mails that the report answers, else by the sender that we gave it.
    private func reference(_ mail: MailFields, _ returned: MailFields?, _ groups: [MailFields]) -> String? {
        let ids = (returned?.all("message-id") ?? []) + mail.all("in-reply-to") + mail.all("references")
        let named = ids.flatMap { $0.split(separator: " ") }.compactMap(MailReports.local)
        if let reference = named.first(where: MailReports.isReference) { return reference }
        let receivers = ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to"].flatMap { mail.all($0) }
        return (receivers + groups.flatMap { $0.all("original-mail-from") }).lazy.compactMap(token).first(
            where: MailReports.isReference)
    }

    /// What stands before the `@` of `<reference@domain>`.
    private static func local(_ id: Substring) -> String? {
        let plain = id.filter { !"<>".contains($0) }
        return plain.firstIndex(of: "@").map { String(plain[..<$0]) }
    }

    /// What stands for `{token}` in our sender.
    private func token(_ receiver: String) -> String? {
        guard let sender else { return nil }
        let text = receiver.lowercased()
        let address = text.lastIndex(of: "<").map { text[text.index(after: $0)...].prefix { $0 != ">" } } ?? text[...]
        guard address.hasPrefix(sender.before), address.hasSuffix(sender.after),
            address.count > sender.before.count + sender.after.count
        else { return nil }
        return String(address.dropFirst(sender.before.count).dropLast(sender.after.count))
    }

    /// Whether it looks like one of ours: what does not is not looked up.
    private static func isReference(_ text: String) -> Bool {
        text.hasPrefix("nd") && text.utf8.count <= 80 && text.split(separator: "-").count == 3
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}

extension String {
    /// What stands before and after the first `mark`; nil where it is not there.
    fileprivate func components(around mark: String) -> (before: String, after: String)? {
        firstRange(of: mark).map { (String(self[..<$0.lowerBound]), String(self[$0.upperBound...])) }
    }
}
