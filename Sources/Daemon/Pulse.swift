/// Wakes a loop. Wakes that come while it is busy count as one; after `end` the loop finishes what it is at and stops.
package struct Pulse: Sendable {
    package let beats: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (beats, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func wake() { continuation.yield() }
    package func end() { continuation.finish() }
}
