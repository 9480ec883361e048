import Rules

extension Adapter {
    static let staffList = Adapter(
        type: "staff-list", "lists for staff, who send by hand or by a tool of their own", rate: nil,
        foreign: ["path": "folder", "directory": "folder"],
        keys: [
            .init(
                "folder", .outputFolder, required: true, "where the lists are written", chinese: "名单所在的目录",
                examples: ["/var/lib/nudged/staff-lists"])
        ],
        opening: .byHand { StaffListChannel(folder: $0[text: "folder"]) })
}
