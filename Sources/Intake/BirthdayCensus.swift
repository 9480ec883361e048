import Kit
import Rules

/// Counts the birthdays of a file: one that very many members share stands for an unknown one.
struct BirthdayCensus {
    private var counts: [RecurringDate: Int] = [:]

    /// The fewest rows of a file that say anything, and the share of them in percent above which a day is odd: of real
    /// birthdays, one day has about 0.3 %.
    private static let fewestRows = 500
    private static let oddPercent = 2
    private static let mostNamed = 5

    mutating func add(_ birthday: RecurringDate) { counts[birthday, default: 0] += 1 }

    /// The odd days with their counts: with the year where one date has that many, else without it.
    func shared(among rows: Int) -> [(day: String, count: Int)] {
        guard rows >= BirthdayCensus.fewestRows else { return [] }
        let isOdd = { (count: Int) in count * 100 > rows * BirthdayCensus.oddPercent }
        let dates = counts.filter { isOdd($0.value) }
        var days: [String: (date: RecurringDate, count: Int)] = [:]
        for (date, count) in counts where dates[date] == nil {
            days[date.key, default: (date, 0)].count += count
        }
        let withYear = dates.map { (day: $0.key.written, count: $0.value) }
        let withoutYear = days.values.filter { isOdd($0.count) }.map { (day: $0.date.writtenDay, count: $0.count) }
        return Array(
            (withYear + withoutYear).sorted { ($1.count, $0.day) < ($0.count, $1.day) }.prefix(BirthdayCensus.mostNamed)
        )
    }
}

extension RecurringDate {
    /// `1990-03-10`; `--03-10` without a year.
    var written: String { year.map { "\($0)" + writtenDay.dropFirst() } ?? writtenDay }

    /// `--03-10`.
    var writtenDay: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "--\(two(month))-\(two(day))"
    }
}
