/// Waiting for the store for as long as whoever called us waits for an answer.
enum Patience {
    /// What is done takes longer, and goes on.
    struct Over: Error {}

    /// Throws `Over` when `work` is not done in time: another process may have the store for half a minute.
    static func wait<T: Sendable>(_ time: Duration, _ work: @escaping @Sendable () async throws -> T) async throws -> T
    {
        let (ends, end) = AsyncStream<Result<T, any Error>>.makeStream(bufferingPolicy: .bufferingOldest(1))
        Task {
            do { end.yield(.success(try await work())) } catch { end.yield(.failure(error)) }
        }
        let alarm = Task {
            try await Task.sleep(for: time)
            end.yield(.failure(Over()))
        }
        defer { alarm.cancel() }
        for await result in ends { return try result.get() }
        throw Over()
    }
}
