import Channels
import Config
import Gateway
import Kit
import Review

extension Configuration {
    /// The sources of `http.sources` with their keys. Throws `Refusal` 78 where a key is missing, or two sources share one.
    func eventSources(environment: [String: String]) throws -> [EventSource] {
        var known: [SecretHash: String] = [:]
        return try (http?.sources ?? []).map { source in
            do {
                let key = SecretHash(try source.writeKey.resolve(environment: environment))
                if let other = known.updateValue(source.id, forKey: key) {
                    throw Refusal(
                        .refused,
                        "http.sources: `\(other)` and `\(source.id)` have the same write_key: give each its own",
                        "http.sources：`\(other)` 与 `\(source.id)` 的 write_key 相同，请各用各的")
                }
                return EventSource(id: source.id, key: key)
            } catch let failure as SecretRef.Failure {
                throw Refusal(
                    .refused, "http.sources `\(source.id)`: \(failure.words)",
                    "http.sources `\(source.id)`：\(failure.words.chinese)")
            }
        }
    }
}
