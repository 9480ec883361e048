import Channels
import Kit
import Rules

/// `links` in nudged.yaml: where the links of messages lead, and who may be linked to.
extension ConfigReading {
    func links(_ block: BlockReader, _ findings: inout Findings) -> Configuration.Links? {
        let base = block.read("base_url", &findings) { $0.linkBase($1) }
        let secret = block.secret("secret", &findings)
        let previous = block.secret("previous_secret", &findings)
        let hosts = block.list("allow_hosts", &findings) { $0.linkHost($1) } ?? []
        guard let base, let secret else { return nil }
        return Configuration.Links(base: base, secret: secret, previousSecret: previous, hosts: Set(hosts))
    }
}

extension ConfigReader {
    /// What `links` says of the form of links; nil where the file has none, or none that can be used.
    static func linkForm(of root: YAMLNode) -> LinkForm? {
        guard let links = root["links"], links.entries != nil else { return nil }
        var findings = Findings()
        let base = links["base_url"].flatMap { findings.linkBase($0) }
        let hosts = (links["allow_hosts"]?.items ?? []).compactMap { findings.linkHost($0) }
        return base.map { LinkForm(base: $0, hosts: Set(hosts)) }
    }
}

extension Configuration.Links {
    package var form: LinkForm { LinkForm(base: base, hosts: hosts) }

    /// Throws what `SecretRef.resolve` does, and `LinkTokens.WeakSecret`.
    package func tokens(environment: [String: String]) throws -> LinkTokens {
        try LinkTokens(
            secret: secret.resolve(environment: environment),
            previous: previousSecret?.resolve(environment: environment))
    }

    /// Why its secrets could sign nothing; nil also where one cannot be read.
    package func fault(environment: [String: String]) -> Bilingual? {
        do {
            _ = try tokens(environment: environment)
            return nil
        } catch let weak as LinkTokens.WeakSecret { return weak.words } catch { return nil }
    }
}

extension LinkForm {
    /// The form that a channel's links have. Nil: it reaches people, and nudged.yaml has no `links`.
    static func ofChannel(_ stated: LinkForm?, isLocal: Bool, as links: ChannelConfig.Links) -> LinkForm? {
        guard var form = stated ?? (isLocal ? .standIn : nil) else { return nil }
        form.shortens = links == .short
        return form
    }
}

extension Findings {
    /// Reads `https://s.example.com` or `https://example.com/s`. Plain http is for this machine alone: a link that says
    /// no for a member must not be read on its way.
    fileprivate mutating func linkBase(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        let base = text.hasSuffix("/") ? String(text.dropLast()) : text
        let isPlain = base.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-._~:/".utf8.contains($0)
        }
        guard let target = LinkTarget(base), isPlain, base.utf8.count <= 200 else {
            report(
                "R104", "`\(text)` is not the beginning of a web address", at: node.span,
                help: ["write  https://s.example.com"])
            return nil
        }
        guard base.hasPrefix("https://") || ["localhost", "127.0.0.1"].contains(target.host) else {
            report(
                "R104", "links to other machines begin with https://", at: node.span,
                help: ["write  https://\(target.host)"])
            return nil
        }
        return base
    }

    fileprivate mutating func linkHost(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        guard LinkTarget.isHost(text) else {
            report(
                "R104", "`\(text)` is not the name of a host", at: node.span, help: ["write  shop.example.com"])
            return nil
        }
        return text.lowercased()
    }
}
