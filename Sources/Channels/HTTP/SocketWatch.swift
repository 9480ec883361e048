import CCurl
import CCurlShim
import Glibc

/// What the loop waits for, watched by one epoll: the sockets and timers of libcurl's multi handles, sockets of ours, and
/// beside them the bell by which other threads wake the loop. Waking up costs as much for one transfer under way as for a
/// thousand. Lives on the loop's thread.
final class SocketWatch {
    /// One multi handle. libcurl's callbacks get it.
    fileprivate final class Member {
        let multi: UnsafeMutableRawPointer
        let number: Int
        unowned let watch: SocketWatch
        var timer: ContinuousClock.Instant?

        init(_ multi: UnsafeMutableRawPointer, _ number: Int, _ watch: SocketWatch) {
            (self.multi, self.number, self.watch) = (multi, number, watch)
        }
    }

    private let bell: Int32
    private let poll: Int32
    private var members: [Member] = []
    private var events = [epoll_event](repeating: epoll_event(), count: 128)
    /// The sockets of ours that something happened to.
    private var ready: [Int32] = []
    /// Stands for a member where a socket is ours.
    private static let ours = Int(Int32.max)

    /// Nil when the system has no further descriptor, or libcurl no memory.
    init?(multis: [UnsafeMutableRawPointer], bell: Int32) {
        self.bell = bell
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poll >= 0, watch(bell, for: EPOLLIN.rawValue, of: SocketWatch.ours) else { return nil }
        for multi in multis {
            let member = Member(multi, members.count, self)
            members.append(member)
            guard listen(member) else { return nil }
        }
    }

    deinit { if poll >= 0 { close(poll) } }

    /// Waits until something happens, at most until `deadline`, and lets libcurl go on with it.
    /// - Returns: the sockets of ours to go on with.
    func wait(until deadline: ContinuousClock.Instant?) -> [Int32] {
        var due = deadline
        for member in members {
            if let timer = member.timer { due = min(due ?? timer, timer) }
        }
        let count = epoll_wait(poll, &events, Int32(events.count), due.map(SocketWatch.milliseconds) ?? -1)
        ready.removeAll(keepingCapacity: true)
        for event in events.prefix(Int(max(count, 0))) {
            let (socket, number) = (Int32(truncatingIfNeeded: event.data.u64), Int(event.data.u64 >> 32))
            if number < members.count {
                goOn(members[number], socket, event.events)
            } else if socket == bell {
                silence()
            } else {
                ready.append(socket)
            }
        }
        for member in members {
            guard let timer = member.timer, timer <= .now else { continue }
            // libcurl sets the next one.
            member.timer = nil
            goOn(member, CURL_SOCKET_TIMEOUT, 0)
        }
        return ready
    }

    /// Watches a socket of ours.
    func add(_ socket: Int32, isWriting: Bool) {
        _ = watch(
            socket, for: EPOLLIN.rawValue | (isWriting ? EPOLLOUT.rawValue : 0), of: SocketWatch.ours)
    }

    func remove(_ socket: Int32) { epoll_ctl(poll, EPOLL_CTL_DEL, socket, nil) }

    /// Rounded up, so that the wait does not end too early again and again.
    private static func milliseconds(until due: ContinuousClock.Instant) -> Int32 {
        let wait = ContinuousClock.now.duration(to: due)
        return wait <= .zero ? 0 : Int32(clamping: min(60_000, wait.milliseconds + 1))
    }

    private func silence() {
        var rings: UInt64 = 0
        _ = read(bell, &rings, 8)
    }

    /// An error of the socket is for libcurl to find.
    private func goOn(_ member: Member, _ socket: Int32, _ events: UInt32) {
        var running: Int32 = 0
        let isReadable = events & EPOLLIN.rawValue != 0
        let isWritable = events & EPOLLOUT.rawValue != 0
        curl_multi_socket_action(
            member.multi, socket, (isReadable ? CURL_CSELECT_IN : 0) | (isWritable ? CURL_CSELECT_OUT : 0), &running)
    }

    /// This object outlives the transfers, so the callbacks may hold its members unretained.
    private func listen(_ member: Member) -> Bool {
        ccurl_multi_listen(
            member.multi,
            { _, socket, what, context, _ in
                SocketWatch.from(context)?.expect(what, of: socket)
                return 0
            },
            { _, milliseconds, context in
                SocketWatch.from(context)?.timer =
                    milliseconds < 0 ? nil : .now.advanced(by: .milliseconds(milliseconds))
                return 0
            }, Unmanaged.passUnretained(member).toOpaque()) == CURLM_OK
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Member? {
        context.map { Unmanaged<Member>.fromOpaque($0).takeUnretainedValue() }
    }

    /// A socket that cannot be watched has its transfer end at its deadline.
    private func watch(_ socket: Int32, for events: UInt32, of number: Int) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(number) << 32 | UInt64(UInt32(bitPattern: socket))
        return epoll_ctl(poll, EPOLL_CTL_MOD, socket, &event) == 0
            || epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) == 0
    }
}

extension SocketWatch.Member {
    fileprivate func expect(_ what: Int32, of socket: Int32) {
        switch what {
        case CURL_POLL_IN: watch.expect(EPOLLIN.rawValue, of: socket, number)
        case CURL_POLL_OUT: watch.expect(EPOLLOUT.rawValue, of: socket, number)
        case CURL_POLL_INOUT: watch.expect(EPOLLIN.rawValue | EPOLLOUT.rawValue, of: socket, number)
        default: watch.remove(socket)
        }
    }
}

extension SocketWatch {
    fileprivate func expect(_ events: UInt32, of socket: Int32, _ number: Int) {
        _ = watch(socket, for: events, of: number)
    }
}
