import Channels
import Config
import Gateway
import Kit
import Review

extension Configuration {
    /// The sources of `http.sources` with their keys. Throws `Refusal` 78 where a key is missing, or two sources share one.
    /// So it does where a mapping file has an error.
    func eventSources(environment: [String: String]) throws -> [EventSource] {
        let mappings = try SourceMappings(of: self).sound()
        var known: [SecretHash: String] = [:]
        return try (http?.sources ?? []).map { source in
            do {
                let secret = try source.writeKey.resolve(environment: environment)
                let key = SecretHash(secret)
                if let other = known.updateValue(source.id, forKey: key) {
                    throw Refusal(.refused, Configuration.HTTP.sameKey(other, source.id))
                }
                guard source.mapping != nil else { return EventSource(id: source.id, key: key) }
                return EventSource(id: source.id, key: key, mapping: mappings[source.id], secret: secret)
            } catch let failure as SecretRef.Failure {
                throw Refusal(
                    .refused, "http.sources `\(source.id)`: \(failure.words)",
                    "http.sources `\(source.id)`：\(failure.words.chinese)")
            }
        }
    }
}
