import NIOCore
import Synchronization

/// The open connections of a server, and whom a newcomer replaces when they are too many: whoever has been idle longest
/// between two requests; else whoever has been longest without the whole headers of one. Requests under way are answered.
final class Crowd: Sendable {
    /// What a connection is at; those of the first kind are the first to go.
    enum Standing: Int { case idle, withoutHead, serving }

    private struct Place {
        let channel: any Channel
        var standing = Standing.withoutHead
        /// Whoever is at the same for longer has a smaller number.
        var since: Int
    }

    private struct State {
        var places: [ObjectIdentifier: Place] = [:]
        var changes = 0
    }

    private let most: Int
    private let state = Mutex(State())

    init(atMost most: Int) { self.most = most }

    /// A new connection: another one makes room for it.
    func enter(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let leaving = state.withLock { state -> (any Channel)? in
            state.changes += 1
            state.places[id] = Place(channel: channel, since: state.changes)
            return Crowd.makeRoom(in: &state, most, butNot: id)
        }
        leaving?.close(promise: nil)
    }

    /// A connection that becomes idle may be the one that others wait for.
    func move(_ channel: any Channel, to standing: Standing) {
        let id = ObjectIdentifier(channel)
        let leaving = state.withLock { state -> (any Channel)? in
            // Who was told to leave does not come back.
            guard state.places[id] != nil else { return nil }
            state.changes += 1
            state.places[id] = Place(channel: channel, standing: standing, since: state.changes)
            return standing == .idle ? Crowd.makeRoom(in: &state, most, butNot: nil) : nil
        }
        leaving?.close(promise: nil)
    }

    func leave(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in state.places[id] = nil }
    }

    /// Takes out whoever is to leave; nil where there is room, or all the others are at a request.
    private static func makeRoom(in state: inout State, _ most: Int, butNot newcomer: ObjectIdentifier?)
        -> (any Channel)?
    {
        guard state.places.count > most else { return nil }
        let next = state.places.filter { $0.key != newcomer && $0.value.standing != .serving }
            .min { ($0.value.standing.rawValue, $0.value.since) < ($1.value.standing.rawValue, $1.value.since) }
        return next.flatMap { state.places.removeValue(forKey: $0.key)?.channel }
    }
}
