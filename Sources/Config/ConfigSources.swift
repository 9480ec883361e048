import Intake
import Rules

/// Where events and rows come from: `http.sources`, and the folders of `sources`. One name is one source.
extension ConfigReading {
    /// - Parameter known: the ids of sources so far.
    func http(
        _ block: BlockReader, _ known: inout Set<String>, _ findings: inout Findings
    ) -> Configuration.HTTP? {
        let listen = block.read("listen", &findings) { self.listen(&$0, $1) }
        let sources = block.list("sources", &findings) { findings, node -> Configuration.Source? in
            guard let source = BlockReader(node, ConfigKeys.source, &findings) else { return nil }
            let id = source.read("id", &findings) { self.sourceID(&$0, $1, &known) }
            let key = source.secret("write_key", &findings)
            let mapping = source.read("mapping", &findings) { self.path($1, &$0) }
            guard let id, let key else { return nil }
            return Configuration.Source(id: id, writeKey: key, mapping: mapping)
        }
        guard let listen else { return nil }
        return Configuration.HTTP(host: listen.host, port: listen.port, sources: sources ?? [])
    }

    func folders(_ known: inout Set<String>, _ findings: inout Findings) -> [Configuration.Folder] {
        var paths: [String: String] = [:]
        let folders = block.list("sources", &findings) { findings, node -> Configuration.Folder? in
            guard let folder = BlockReader(node, ConfigKeys.folder, &findings) else { return nil }
            let id = folder.read("id", &findings) { self.sourceID(&$0, $1, &known) }
            let path = folder.read("folder", &findings) { self.path($1, &$0) }
                .map(ConfigReading.withoutLastSlash)
            let kind = folder.choice("kind", as: ImportKind.self, &findings)
            guard let id, let path, let kind else { return nil }
            if let other = paths.updateValue(id, forKey: path) {
                findings.report(
                    "R104", "`\(other)` has the folder `\(path)` already", at: folder.span(of: "folder"),
                    help: ["give each kind of file a folder of its own"])
                return nil
            }
            return Configuration.Folder(id: id, path: path, kind: kind)
        }
        return folders ?? []
    }

    private static func withoutLastSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// A name that no other source has, neither here nor within nudged.
    private func sourceID(_ findings: inout Findings, _ node: YAMLNode, _ known: inout Set<String>) -> String? {
        guard let id = findings.identifier(node) else { return nil }
        guard !Configuration.Source.ownNames.contains(id) else {
            findings.report(
                "R104", "`\(id)` cannot be the id of a source: nudged has one of that name", at: node.span)
            return nil
        }
        guard known.insert(id).inserted else {
            findings.report("R104", "another source has the id `\(id)`", at: node.span)
            return nil
        }
        return id
    }
}
