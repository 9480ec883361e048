import Config
import Testing

@testable import Rules

/// A changed file, what the checker says about it, and where the schema objects.
struct Judged {
    var kind: SchemaKind
    var change: String
    var findings: [Diagnostic]
    var schemaErrors: [String]

    var errors: [Diagnostic] { findings.filter { $0.severity == .error } }
    /// A mistake of form, which the schema must see, too.
    var formErrors: [Diagnostic] { errors.filter { $0.code.hasPrefix("R1") } }
}

@Suite("Checker and schema")
struct SchemaAgreementTests {
    @Test("agree on 500 seeded slips in the shipped files, but for the differences that are meant")
    func agree() throws {
        let shipped = try ShippedFiles.read()
        let judged = try judge(slips(500, in: shipped), shipped)
        guard let judged else { return }
        var unexplained: [String] = []
        var rejected = 0
        for one in judged {
            if !one.schemaErrors.isEmpty { rejected += 1 }
            let missed = one.schemaErrors.isEmpty && !one.formErrors.isEmpty
            let alarmed = !one.schemaErrors.isEmpty && one.errors.isEmpty
            guard missed || alarmed else { continue }
            if IntendedDifference.all.contains(where: { $0.explains(one) }) { continue }
            unexplained.append(
                "\(one.kind.rawValue) \(one.change)\n  checker: \(one.errors.map(\.short))\n  schema: \(one.schemaErrors)"
            )
        }
        #expect(unexplained.isEmpty, "\(unexplained.count) disagreements:\n\(unexplained.joined(separator: "\n"))")
        #expect(rejected > 250)
        #expect(rejected < 450)
    }

    private func slips(
        _ count: Int, in shipped: [(kind: SchemaKind, file: YAMLFile)]
    ) -> [(file: Int, slip: Mutation)] {
        var random = Draw(seed: 20_260_307)
        // Rule tests have a reader of their own.
        let files = shipped.indices.filter { shipped[$0].kind != .ruleTest }
        var slips: [(Int, Mutation)] = []
        while slips.count < count {
            // Every other slip is one in a rule.
            let rules = files.first { shipped[$0].kind == .rules } ?? 0
            let index = random.below(2) == 0 ? rules : files[random.below(files.count)]
            guard let root = shipped[index].file.root, let slip = Mutation(of: root, &random) else { continue }
            slips.append((index, slip))
        }
        return slips
    }

    private func judge(
        _ slips: [(file: Int, slip: Mutation)], _ shipped: [(kind: SchemaKind, file: YAMLFile)]
    ) throws -> [Judged]? {
        let cases = slips.map { slip in
            SchemaJudge.Case(kind: shipped[slip.file].kind, instance: CoreScalar.json(slip.slip.root))
        }
        guard let errors = try SchemaJudge().errors(of: cases) else { return nil }
        return zip(slips, errors).map { slip, errors in
            Judged(
                kind: shipped[slip.file].kind, change: slip.slip.description,
                findings: findings(slip.slip.root, slip.file, shipped), schemaErrors: errors)
        }
    }

    /// What the checker finds in the changed file, its neighbours being as shipped.
    private func findings(
        _ root: YAMLNode, _ index: Int, _ shipped: [(kind: SchemaKind, file: YAMLFile)]
    ) -> [Diagnostic] {
        var file = shipped[index].file
        file.root = root
        let found: [Diagnostic] =
            switch shipped[index].kind {
            case .config: ConfigReader.read(file).1
            case .fixtures: FixtureReader.read(files: [file], knownCustomFields: []).1
            default:
                RuleSetReader.read(
                    files: shipped.enumerated().filter {
                        ![.config, .fixtures, .ruleTest].contains($1.kind) && $0 != index
                    }.map(\.element.file) + [file]
                ).diagnostics
            }
        return found.filter { $0.span.file == file.path }
    }
}
