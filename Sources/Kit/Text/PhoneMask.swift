/// Masks the phone numbers that stand somewhere in a text: Chinese mobile numbers, with or without +86, 0086 or 86, and
/// `+` with the digits of another country; also with spaces or hyphens between the digits. A longer number, such as that
/// of an order, is none, nor is a date beside a small number.
struct PhoneMask {
    /// Digits without anything between them, as places in `scalars`.
    private struct Group {
        var begin: Int
        var end: Int
        var count: Int { end - begin }
    }

    private let scalars: [Unicode.Scalar]
    private let groups: [Group]

    static func text(_ text: String) -> String {
        // Most texts have too few digits, those of full width (three bytes from 0xEF) among them.
        guard text.utf8.count(where: { (0x30...0x39).contains($0) || $0 == 0xEF }) >= 8 else { return text }
        return PhoneMask(text).masked(text)
    }

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        var groups: [Group] = []
        for (index, scalar) in scalars.enumerated() where PhoneMask.digit(scalar) != nil {
            if groups.last?.end == index {
                groups[groups.count - 1].end += 1
            } else {
                groups.append(Group(begin: index, end: index + 1))
            }
        }
        self.groups = groups
    }

    private func masked(_ text: String) -> String {
        var (result, done, index) = (String.UnicodeScalarView(), 0, 0)
        while index < groups.count {
            guard let (number, last) = mobile(at: index) ?? foreign(at: index) else {
                index += 1
                continue
            }
            let begin = groups[index].begin - (hasPlus(index) ? 1 : 0)
            result.append(contentsOf: scalars[done..<begin])
            result.append(contentsOf: Mask.phone(number).unicodeScalars)
            done = groups[last].end
            index = last + 1
        }
        guard done > 0 else { return text }
        result.append(contentsOf: scalars[done...])
        return String(result)
    }

    // MARK: the two kinds

    /// Eleven digits from 13 to 19 in one to three groups of three or more; the prefix may be a group of its own.
    private func mobile(at index: Int) -> (number: String, last: Int)? {
        let first = digits(of: index)
        if hasPlus(index), !first.hasPrefix("86") { return nil }
        let prefix = ["0086", "86"].first { first.hasPrefix($0) } ?? ""
        if !prefix.isEmpty, first == prefix {
            guard isJoined(index), !hasPlus(index + 1) else { return nil }
            return mobile(at: index + 1, digits(of: index + 1))
        }
        return mobile(at: index, String(first.dropFirst(prefix.count)))
    }

    private func mobile(at index: Int, _ first: String) -> (number: String, last: Int)? {
        var (number, last) = (first, index)
        guard number.count >= 3, number.hasPrefix("1"), !"012".contains(number.dropFirst().prefix(1)) else {
            return nil
        }
        while number.count < 11, last < index + 2, isJoined(last), groups[last + 1].count >= 3 {
            last += 1
            number += digits(of: last)
        }
        return number.count == 11 ? (number, last) : nil
    }

    /// `+` and 8 to 15 digits that do not begin with 0.
    private func foreign(at index: Int) -> (number: String, last: Int)? {
        var (number, last) = (digits(of: index), index)
        guard hasPlus(index), !number.hasPrefix("0") else { return nil }
        while number.count < 8 || last > index, isJoined(last), !isDate(last + 1) {
            let next = digits(of: last + 1)
            guard number.count + next.count <= 15 else { break }
            number += next
            last += 1
        }
        return (8...15).contains(number.count) ? ("+" + number, last) : nil
    }

    // MARK: what stands where

    private func digits(of index: Int) -> String {
        String(scalars[groups[index].begin..<groups[index].end].compactMap { PhoneMask.digit($0) })
    }

    private func hasPlus(_ index: Int) -> Bool {
        let begin = groups[index].begin
        return begin > 0 && (scalars[begin - 1] == "+" || scalars[begin - 1] == "＋")
    }

    /// True where one space or hyphen stands between this group and the next.
    private func isJoined(_ index: Int) -> Bool {
        guard index + 1 < groups.count, groups[index + 1].begin == groups[index].end + 1 else { return false }
        return [" ", "-", "\u{A0}", "\u{3000}", "\u{2010}", "\u{2011}", "\u{2013}"].contains(scalars[groups[index].end])
    }

    /// `2026-11`, with which a date begins.
    private func isDate(_ index: Int) -> Bool {
        guard groups[index].count == 4, isJoined(index), scalars[groups[index].end] == "-" else { return false }
        return groups[index + 1].count == 2 && ["19", "20"].contains(digits(of: index).prefix(2))
    }

    /// An ASCII digit; one of full width as its ASCII twin.
    private static func digit(_ scalar: Unicode.Scalar) -> Character? {
        switch scalar.value {
        case 0x30...0x39: Character(scalar)
        case 0xFF10...0xFF19: Unicode.Scalar(scalar.value - 0xFEE0).map { Character($0) }
        default: nil
        }
    }
}
