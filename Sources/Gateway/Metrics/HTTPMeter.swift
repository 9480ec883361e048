import Synchronization

/// How long requests took, by route, method and status. The route is a template: a path holds tokens.
final class HTTPMeter: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let code: Int
    }

    private static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private let durations = Mutex<[Key: Histogram]>([:])

    func note(_ duration: Duration, route: String, method: String, code: Int) {
        let key = Key(route: route, method: method, code: code)
        durations.withLock { $0[key, default: Histogram(HTTPMeter.bounds)].note(duration) }
    }

    var family: MetricFamily {
        var family = MetricFamily(
            "nudged_http_request_duration_seconds", .histogram, "How long HTTP requests took to answer.")
        let all = durations.withLock { $0 }
        for (key, histogram) in all.sorted(by: {
            ($0.key.route, $0.key.method, $0.key.code) < ($1.key.route, $1.key.method, $1.key.code)
        }) {
            family.add(histogram, ["route": key.route, "method": key.method, "code": "\(key.code)"])
        }
        return family
    }
}
