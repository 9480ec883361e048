import Channels
import Kit
import Rules

/// `alerts` in nudged.yaml: who is told when something needs a person.
extension ConfigReading {
    /// - Parameter channels: those of the file, in which the name of the staff channel must be.
    func alerts(
        _ block: BlockReader, _ channels: [ChannelConfig], _ findings: inout Findings
    ) -> Configuration.Alerts? {
        Configuration.Alerts(
            channel: block.read("channel", &findings) { staffChannel(&$0, $1, channels) },
            command: block.read("command", &findings) { path($1, &$0) },
            backupOlderThan: block.duration("backup_older_than", &findings))
    }

    /// A channel that is about no member: its messages would go to members' addresses otherwise.
    private func staffChannel(_ findings: inout Findings, _ node: YAMLNode, _ channels: [ChannelConfig]) -> String? {
        guard let name = findings.text(node) else { return nil }
        let own = channels.filter { $0.address == .none }.map(\.id)
        if own.contains(name) { return name }
        let isKnown = channels.contains { $0.id == name }
        let known = block["channels"]?[name] != nil
        // A channel with findings of its own has one already, and so have channels that could not be read.
        guard isKnown || !known, findings.isWhole || block["channels"] != nil else { return nil }
        findings.report(
            "R104",
            isKnown
                ? "channel `\(name)` sends to members: an alert goes to colleagues"
                : "there is no channel `\(name)` in nudged.yaml",
            at: node.span,
            help: [
                Suggestion.nearest(to: name, among: own).map { "did you mean `\($0)`?" }
                    ?? "add under `channels`:  staff: {type: wecom-robot, key: {credential: wecom_robot_key}}"
            ])
        return nil
    }
}
