import Kit

extension SegmentDialect {
    /// The events of one line: one, or those of a batch. A line that is no JSON is one event that cannot be taken.
    /// - Parameter isCut: the bytes are the beginning of a line that was too long.
    package func events(ofLine bytes: [UInt8], isCut: Bool, at received: Instant) -> [SourceEvent] {
        do {
            if isCut { throw Rejection.recordTooLong }
            let line = try StrictJSON(parsing: bytes, takesNUL: true)
            let isBatch = line["type"] == nil && line["batch"] != nil
            return (isBatch ? SegmentCall.batch.items(of: line) : [line]).map { read($0, at: received) }
        } catch let failure as StrictJSON.Failure {
            return [unreadable(bytes, .notJSON(nil, failure))]
        } catch {
            return [unreadable(bytes, error as? Rejection ?? .noEvent("event"))]
        }
    }

    private func unreadable(_ bytes: [UInt8], _ reason: Rejection) -> SourceEvent {
        let text = String(decoding: bytes, as: UTF8.self)
        return SourceEvent(id: nil, identity: text, body: .text(text), person: nil, facts: .failure(reason))
    }
}
