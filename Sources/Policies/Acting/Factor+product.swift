import Rules

extension Factor {
    /// The product with an amount in yuan or a number, rounded down. Nil beyond a billion on either side, and for values
    /// that are no numbers.
    package func points(of value: Value) -> Int? {
        switch value {
        case .money(let fen): whole(fen, per: 1_000_000)
        case .number(let number): Int64(exactly: number).flatMap { whole($0, per: 10_000) } ?? rounded(number)
        case .text, .date, .instant, .list, .bool: nil
        }
    }

    private static let most = 1_000_000_000

    private func whole(_ amount: Int64, per unit: Int64) -> Int? {
        let (product, overflow) = amount.multipliedReportingOverflow(by: tenThousandths)
        guard !overflow else { return nil }
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: unit)
        return Factor.within(rest < 0 ? quotient - 1 : quotient)
    }

    private func rounded(_ number: Double) -> Int? {
        let product = (number * Double(tenThousandths) / 10_000).rounded(.down)
        return Int64(exactly: product).flatMap(Factor.within)
    }

    private static func within(_ points: Int64) -> Int? {
        points.magnitude <= most ? Int(points) : nil
    }
}
