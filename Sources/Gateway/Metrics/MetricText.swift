import Kit

/// One metric in the text format of Prometheus (exposition format 0.0.4).
struct MetricFamily {
    enum Kind: String { case counter, gauge, histogram }

    struct Sample {
        /// `_bucket`, `_sum` or `_count` of a histogram.
        var suffix = ""
        var labels: [(name: String, value: String)] = []
        var value: String
    }

    let name: String
    let kind: Kind
    let help: String
    var samples: [Sample] = []

    init(_ name: String, _ kind: Kind, _ help: String, samples: [Sample] = []) {
        (self.name, self.kind, self.help, self.samples) = (name, kind, help, samples)
    }

    /// A metric without labels.
    init(_ name: String, _ kind: Kind, _ help: String, value: Double?) {
        self.init(name, kind, help, samples: value.map { [Sample(value: MetricFamily.number($0))] } ?? [])
    }

    mutating func add(_ value: Double, _ labels: KeyValuePairs<String, String>) {
        samples.append(
            Sample(labels: labels.map { (name: $0.key, value: $0.value) }, value: MetricFamily.number(value)))
    }

    mutating func add(_ histogram: Histogram, _ labels: KeyValuePairs<String, String>) {
        let labels = labels.map { (name: $0.key, value: $0.value) }
        for (bound, count) in histogram.cumulative {
            let le = (name: "le", value: bound.map(MetricFamily.number) ?? "+Inf")
            samples.append(Sample(suffix: "_bucket", labels: labels + [le], value: String(count)))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: MetricFamily.number(histogram.sum)))
        samples.append(Sample(suffix: "_count", labels: labels, value: String(histogram.count)))
    }

    /// All lines of the metric, each with its end.
    var text: String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(MetricFamily.escaped($0.value))\"" }
                text += "{" + labels.joined(separator: ",") + "}"
            }
            text += " " + sample.value + "\n"
        }
        return text
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}

/// How often something took how long, in seconds.
struct Histogram: Sendable {
    private let bounds: [Double]
    private var counts: [Int]
    private(set) var sum = 0.0

    /// - Parameter bounds: growing.
    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func note(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        sum += seconds
    }

    var count: Int { counts.reduce(0, +) }

    /// How many took at most as long as each bound; the last one, without a bound, counts all.
    var cumulative: [(bound: Double?, count: Int)] {
        var total = 0
        return counts.enumerated().map { index, count in
            total += count
            return (index < bounds.count ? bounds[index] : nil, total)
        }
    }
}
