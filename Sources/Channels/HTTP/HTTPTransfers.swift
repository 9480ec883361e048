import Kit
import CCurl
import CCurlShim

/// The requests the loop's thread is working on: those waiting for a slot, and those in flight. Owned by that thread.
struct HTTPTransfers {
    private let multi: UnsafeMutableRawPointer
    private var sessions: MailSessions
    private let maxInFlight: Int
    /// By the share of connections that they wait for; 0 has those that wait for none in particular.
    private var lines: [UInt64: WaitingLine] = [:]
    private var inFlight: [UnsafeMutableRawPointer: any Transfer] = [:]
    /// libcurl's handles, with their buffers, for further transfers.
    private var handles: [UnsafeMutableRawPointer] = []
    /// No deadline of ours is earlier; nil where there is none. libcurl watches its own.
    private(set) var nextDeadline: ContinuousClock.Instant?

    init(multi: UnsafeMutableRawPointer, sessions: MailSessions, maxInFlight: Int) {
        self.multi = multi
        self.sessions = sessions
        self.maxInFlight = maxInFlight
    }

    var isIdle: Bool { inFlight.isEmpty && sessions.busy == 0 && lines.values.allSatisfy(\.isEmpty) }

    mutating func queue(_ orders: [HTTPLoop.Order]) {
        for order in orders {
            lines[order.line, default: WaitingLine(most: order.share?.most ?? .max)].append(order)
            note(order.lastStart)
        }
    }

    /// Does what can be done without waiting.
    mutating func turn(at now: ContinuousClock.Instant) {
        finish()
        if let nextDeadline, nextDeadline <= now { expire(at: now) }
        start(at: now)
    }

    /// Something happened to sockets of mail sessions.
    mutating func goOn(_ sockets: [Int32], at now: ContinuousClock.Instant) {
        for socket in sockets { if let ended = sessions.goOn(socket, at: now) { end(ended, at: now) } }
    }

    /// A request that may have been written stays: see `HTTPTransport.perform`.
    mutating func cancel(_ id: UInt64) {
        let withdrawn = remove { $0.id == id }
        if !withdrawn.isEmpty {
            for order in withdrawn { order.reply.resume(returning: .notSent(.cancelled)) }
        } else if let transfer = inFlight.values.first(where: { $0.order.id == id }), !transfer.written {
            end(transfer, .notSent(.cancelled))
        } else if let order = sessions.cancel(id) {
            end(order, .notSent(.cancelled))
        }
    }

    mutating func refuseWaiting() {
        for order in remove(where: { _ in true }) { order.reply.resume(returning: .notSent(.shutDown)) }
    }

    private mutating func remove(where isOver: (HTTPLoop.Order) -> Bool) -> [HTTPLoop.Order] {
        lines.keys.flatMap { lines[$0]?.remove(where: isOver) ?? [] }
    }

    /// Releases the handles; nothing is under way.
    mutating func close() {
        sessions.closeAll()
        for handle in handles { curl_easy_cleanup(handle) }
        handles = []
    }

    private mutating func note(_ deadline: ContinuousClock.Instant) {
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    private mutating func note(_ transfer: any Transfer, at now: ContinuousClock.Instant) {
        if let due = transfer.firstByteDue(at: now) { note(due) }
    }

    private mutating func expire(at now: ContinuousClock.Instant) {
        for transfer in inFlight.values {
            if let due = transfer.firstByteDue(at: now), due <= now { end(transfer, .unknown(.firstByteTimeout)) }
        }
        for ended in sessions.expire(at: now) { end(ended, at: now) }
        for order in remove(where: { $0.lastStart <= now }) { order.reply.resume(returning: .notSent(.noSlot)) }
        nextDeadline = sessions.nextDeadline
        for line in lines.values { for order in line.waiting { note(order.lastStart) } }
        for transfer in inFlight.values { note(transfer, at: now) }
    }

    private mutating func start(at now: ContinuousClock.Instant) {
        for key in lines.keys {
            while inFlight.count + sessions.busy < maxInFlight, let order = lines[key]?.next() { begin(order, at: now) }
        }
    }

    private mutating func begin(_ order: HTTPLoop.Order, at now: ContinuousClock.Instant) {
        if case .mail(let request) = order.request, sessions.carry(order, request, at: now) {
            lines[order.line]?.taken += 1
            note(order.lastStart)
        } else {
            open(order, at: now)
        }
    }

    private mutating func open(_ order: HTTPLoop.Order, at now: ContinuousClock.Instant) {
        guard let handle = handles.popLast() ?? curl_easy_init() else {
            return order.reply.resume(returning: .notSent(.connectFailed))
        }
        guard let transfer = order.transfer(over: handle, at: now),
            curl_multi_add_handle(multi(of: order), handle) == CURLM_OK
        else {
            order.reply.resume(returning: .notSent(.connectFailed))
            return keep(handle)
        }
        inFlight[handle] = transfer
        lines[order.line]?.taken += 1
        note(transfer, at: now)
    }

    private func multi(of order: HTTPLoop.Order) -> UnsafeMutableRawPointer {
        if case .mail(let request) = order.request, request.envelope != nil { sessions.multi } else { multi }
    }

    private mutating func finish() {
        finish(multi)
        finish(sessions.multi)
    }

    private mutating func finish(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = inFlight[handle]
            else { continue }
            let code = message.pointee.data.result
            if code == CURLE_OK, let login = transfer as? MailTransfer, sessions.open(login) {
                inFlight[handle] = nil
                note(login.order.lastStart)
            } else {
                end(transfer, transfer.result(of: code))
            }
        }
    }

    private mutating func end(_ transfer: any Transfer, _ result: HTTPResult) {
        curl_multi_remove_handle(multi(of: transfer.order), transfer.handle)
        inFlight[transfer.handle] = nil
        keep(transfer.handle)
        end(transfer.order, result)
    }

    private mutating func end(_ order: HTTPLoop.Order, _ result: HTTPResult) {
        lines[order.line]?.taken -= 1
        order.reply.resume(returning: result)
    }

    private mutating func end(_ ended: MailSessions.End, at now: ContinuousClock.Instant) {
        switch ended {
        case .over(let order, let result):
            if let idle = sessions.lastIdle { note(idle) }
            end(order, result)
        case .stale(let order):
            lines[order.line]?.taken -= 1
            open(order, at: now)
        }
    }

    /// Nothing that was set for one transfer is left for the next. Connections belong to the multi handle.
    private mutating func keep(_ handle: UnsafeMutableRawPointer) {
        curl_easy_reset(handle)
        handles.append(handle)
    }
}

extension HTTPLoop.Order {
    /// The line that it waits in.
    fileprivate var line: UInt64 { share?.id ?? 0 }
    /// When it is refused where no slot became free, and a mail where it is still under way.
    var lastStart: ContinuousClock.Instant { placedAt.advanced(by: request.deadlines.total) }
}

extension Duration {
    /// Rounded down; saturates.
    var milliseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return components.seconds < 0 ? .min : .max }
        return seconds.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000).partialValue
    }
}
