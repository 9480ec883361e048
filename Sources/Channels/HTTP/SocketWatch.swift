import CCurl
import CCurlShim
import Glibc

/// What libcurl waits for, watched by one epoll: its sockets and its timer, and beside them the bell by which other threads
/// wake the loop. Waking up costs as much for one transfer under way as for a thousand. Lives on the loop's thread.
final class SocketWatch {
    private let multi: UnsafeMutableRawPointer
    private let bell: Int32
    private let poll: Int32
    private var timer: ContinuousClock.Instant?
    private var events = [epoll_event](repeating: epoll_event(), count: 128)

    /// Nil when the system has no further descriptor, or libcurl no memory.
    init?(multi: UnsafeMutableRawPointer, bell: Int32) {
        self.multi = multi
        self.bell = bell
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poll >= 0, watch(bell, for: EPOLLIN.rawValue), listen() else { return nil }
    }

    deinit { if poll >= 0 { close(poll) } }

    /// Waits until something happens, at most until `deadline`, and lets libcurl go on with it.
    func wait(until deadline: ContinuousClock.Instant?) {
        let due = [deadline, timer].compactMap { $0 }.min()
        let count = epoll_wait(poll, &events, Int32(events.count), due.map(SocketWatch.milliseconds) ?? -1)
        for event in events.prefix(Int(max(count, 0))) {
            if event.data.fd == bell { silence() } else { goOn(event.data.fd, event.events) }
        }
        if let timer, timer <= .now {
            // libcurl sets the next one.
            self.timer = nil
            goOn(CURL_SOCKET_TIMEOUT, 0)
        }
    }

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
    private func goOn(_ socket: Int32, _ events: UInt32) {
        var running: Int32 = 0
        let isReadable = events & EPOLLIN.rawValue != 0
        let isWritable = events & EPOLLOUT.rawValue != 0
        curl_multi_socket_action(
            multi, socket, (isReadable ? CURL_CSELECT_IN : 0) | (isWritable ? CURL_CSELECT_OUT : 0), &running)
    }

    /// This object outlives the transfers, so the callbacks may hold it unretained.
    private func listen() -> Bool {
        let this = Unmanaged.passUnretained(self).toOpaque()
        return ccurl_multi_listen(
            multi,
            { _, socket, what, context, _ in
                SocketWatch.from(context)?.expect(what, of: socket)
                return 0
            },
            { _, milliseconds, context in
                SocketWatch.from(context)?.setTimer(milliseconds)
                return 0
            }, this) == CURLM_OK
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> SocketWatch? {
        context.map { Unmanaged<SocketWatch>.fromOpaque($0).takeUnretainedValue() }
    }

    private func setTimer(_ milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now.advanced(by: .milliseconds(milliseconds))
    }

    private func expect(_ what: Int32, of socket: Int32) {
        switch what {
        case CURL_POLL_IN: _ = watch(socket, for: EPOLLIN.rawValue)
        case CURL_POLL_OUT: _ = watch(socket, for: EPOLLOUT.rawValue)
        case CURL_POLL_INOUT: _ = watch(socket, for: EPOLLIN.rawValue | EPOLLOUT.rawValue)
        default: epoll_ctl(poll, EPOLL_CTL_DEL, socket, nil)
        }
    }

    /// A socket that cannot be watched has its transfer end at its deadline.
    private func watch(_ socket: Int32, for events: UInt32) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.fd = socket
        return epoll_ctl(poll, EPOLL_CTL_MOD, socket, &event) == 0
            || epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) == 0
    }
}
