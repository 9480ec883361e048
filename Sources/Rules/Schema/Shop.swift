/// The names that one shop has given to its own things, for schemas that know them.
///
/// They are read from the files as they are: an editor needs the names also while some rule is broken.
package struct Shop: Sendable {
    struct Name: Sendable, Hashable {
        var id: String
        var description: String
    }

    private(set) var tiers: [Name] = []
    private(set) var festivals: [Name] = []
    private(set) var coupons: [Name] = []
    private(set) var segments: [Name] = []
    private(set) var fields: [CustomField] = []
    private var templateNames: [(channel: String, name: Name)] = []
    /// Nil where no nudged.yaml names the channels.
    var channels: [String]?

    package init(files: [YAMLFile], channels: [ChannelDeclaration]? = nil) {
        self.channels = channels?.map(\.id)
        for root in files.compactMap(\.root) {
            switch FileKind(of: root) {
            case .templates:
                for item in root["templates"]?.items ?? [] {
                    guard let name = Shop.name(item, describedBy: "text") else { continue }
                    templateNames.append((item["channel"]?.text ?? "", name))
                }
            case .coupons: coupons += Shop.names(root["coupons"])
            case .segments: segments += Shop.names(root["segments"])
            case .fields:
                for item in root["fields"]?.items ?? [] {
                    var findings = Findings()
                    if let field = CustomFieldReader.read(item, &findings) { fields.append(field) }
                }
            case .settings:
                tiers += Shop.names(root["tiers"])
                festivals += (root["festivals"]?.items ?? []).compactMap { $0["name"]?.text }
                    .map { Name(id: $0, description: "a festival of the shop") }
            default: continue
            }
        }
    }

    /// The message templates written for a channel; nil for those of all channels.
    func templates(for channel: String?) -> [Name] {
        templateNames.filter { channel == nil || $0.channel == channel }.map(\.name)
    }

    private static func names(_ list: YAMLNode?) -> [Name] { (list?.items ?? []).compactMap { name($0) } }

    private static func name(_ item: YAMLNode, describedBy key: String = "name") -> Name? {
        guard let id = item["id"], let text = id.text, !id.isNull else { return nil }
        return Name(id: text, description: item[key]?.text ?? text)
    }
}
