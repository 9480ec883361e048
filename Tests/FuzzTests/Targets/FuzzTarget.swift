/// A family of inputs, and everything that the program does with one of them. Whatever the bytes are, `run` has to come
/// back; a broken promise traps, as a broken promise in the program would.
enum FuzzTarget: String, CaseIterable {
    /// One file of a workspace: rules, settings, templates, coupons, segments, fields, fixtures, tests, nudged.yaml.
    case files
    /// The text of a message template, rendered with odd values.
    case templates
    /// One line: a duration, a time, a date, a zone, a phone number, an amount.
    case texts
    /// A file for `nudged import`, or a body of JSON.
    case imports

    func run(_ bytes: [UInt8]) {
        switch self {
        case .files: FuzzedFile.run(bytes)
        case .templates: FuzzedTemplate.run(bytes)
        case .texts: FuzzedText.run(bytes)
        case .imports: FuzzedImport.run(bytes)
        }
    }
}
