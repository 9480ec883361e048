/// Numbers with commas inside brackets: to YAML `{at_least: 5,000}` is two entries, and `[1,000, 5,000]` four items.
extension TestReader {
    /// Reports R103 for the first such number among the entries; false where there is none.
    func thousands(in entries: [YAMLNode.Entry], _ findings: inout Findings) -> Bool {
        guard type == .number || type == .money || type == .any else { return false }
        for (index, entry) in entries.enumerated() {
            guard let head = entry.value.text, TestReader.isGroup(head, 1...3) else { continue }
            var end = entry.value.span.end
            var groups = [head]
            for next in entries[(index + 1)...] {
                guard next.value.isNull, TestReader.isGroup(next.key, 3...3), next.keySpan.start.byte == end.byte + 1
                else { break }
                groups.append(next.key)
                end = next.keySpan.end
            }
            guard groups.count > 1 else { continue }
            let place = SourceSpan(file: entry.value.span.file, start: entry.value.span.start, end: end)
            findings.inside(entry.key) {
                $0.report(
                    "R103", "`\(groups.joined(separator: ","))` is two entries: in brackets a comma separates",
                    at: place,
                    help: ["write the number without commas:  \(name): {\(entry.key): \(groups.joined())}"])
            }
            return true
        }
        return false
    }

    /// The numbers that the items were meant to be, `1000` and `5000` of `[1,000, 5,000]`; nil where no comma can
    /// separate thousands.
    static func thousands(of items: [YAMLNode]) -> [String]? {
        var numbers: [String] = []
        var end: Int?
        for item in items {
            guard let text = item.text else { return nil }
            if let end, item.span.start.byte == end + 1, isGroup(text, 3...3), let last = numbers.last,
                last.utf8.allSatisfy({ (48...57).contains($0) })
            {
                numbers[numbers.count - 1] = last + text
            } else {
                numbers.append(text)
            }
            end = item.span.end.byte
        }
        return numbers.count < items.count ? numbers : nil
    }

    /// The numbers meant by `{between: …}` or a list in which a group such as `000` can only be the end of a number.
    func hasThousands(_ items: [YAMLNode], wanted count: Int? = nil) -> [String]? {
        guard type == .number || type == .money || type == .any, let numbers = TestReader.thousands(of: items) else {
            return nil
        }
        if let count { return items.count != count && numbers.count == count ? numbers : nil }
        return items.contains { ($0.text ?? "").hasPrefix("0") && TestReader.isGroup($0.text ?? "", 3...3) }
            ? numbers : nil
    }

    static func isGroup(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
