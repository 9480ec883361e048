import Kit
import CCurl
import CCurlShim

/// The requests the loop's thread is working on: those waiting for a slot, and those in flight. Owned by that thread.
struct HTTPTransfers {
    private let multi: UnsafeMutableRawPointer
    private let maxInFlight: Int
    private var waiting: [HTTPLoop.Order] = []
    private var inFlight: [UnsafeMutableRawPointer: any Transfer] = [:]
    /// How many of them each share of connections has.
    private var taken: [UInt64: Int] = [:]
    /// libcurl's handles, with their buffers, for further transfers.
    private var handles: [UnsafeMutableRawPointer] = []
    /// No deadline of ours is earlier; nil where there is none. libcurl watches its own.
    private(set) var nextDeadline: ContinuousClock.Instant?

    init(multi: UnsafeMutableRawPointer, maxInFlight: Int) {
        self.multi = multi
        self.maxInFlight = maxInFlight
    }

    var isIdle: Bool { waiting.isEmpty && inFlight.isEmpty }

    mutating func queue(_ orders: [HTTPLoop.Order]) {
        waiting += orders
        for order in orders { note(order.lastStart) }
    }

    /// Does what can be done without waiting.
    mutating func turn(at now: ContinuousClock.Instant) {
        finish()
        if let nextDeadline, nextDeadline <= now { expire(at: now) }
        start(at: now)
    }

    /// A request that may have been written stays: see `HTTPTransport.perform`.
    mutating func cancel(_ id: UInt64) {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index).reply.resume(returning: .notSent(.cancelled))
        } else if let transfer = inFlight.values.first(where: { $0.order.id == id }), !transfer.written {
            end(transfer, .notSent(.cancelled))
        }
    }

    mutating func refuseWaiting() {
        for order in waiting { order.reply.resume(returning: .notSent(.shutDown)) }
        waiting = []
    }

    /// Releases the handles; nothing is under way.
    mutating func close() {
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
        let late = waiting.filter { $0.lastStart <= now }
        if !late.isEmpty { waiting.removeAll { $0.lastStart <= now } }
        for order in late { order.reply.resume(returning: .notSent(.noSlot)) }
        nextDeadline = nil
        for order in waiting { note(order.lastStart) }
        for transfer in inFlight.values { note(transfer, at: now) }
    }

    private mutating func start(at now: ContinuousClock.Instant) {
        guard !waiting.isEmpty, inFlight.count < maxInFlight else { return }
        var orders: [HTTPLoop.Order] = []
        swap(&orders, &waiting)
        for order in orders {
            guard inFlight.count < maxInFlight, order.share.map({ taken[$0.id, default: 0] < $0.most }) ?? true else {
                waiting.append(order)
                continue
            }
            guard let handle = handles.popLast() ?? curl_easy_init() else {
                order.reply.resume(returning: .notSent(.connectFailed))
                continue
            }
            guard let transfer = order.transfer(over: handle, at: now),
                curl_multi_add_handle(multi, handle) == CURLM_OK
            else {
                order.reply.resume(returning: .notSent(.connectFailed))
                keep(handle)
                continue
            }
            inFlight[handle] = transfer
            if let share = order.share { taken[share.id, default: 0] += 1 }
            note(transfer, at: now)
        }
    }

    private mutating func finish() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = inFlight[handle]
            else { continue }
            end(transfer, transfer.result(of: message.pointee.data.result))
        }
    }

    private mutating func end(_ transfer: any Transfer, _ result: HTTPResult) {
        curl_multi_remove_handle(multi, transfer.handle)
        inFlight[transfer.handle] = nil
        if let share = transfer.order.share { taken[share.id, default: 0] -= 1 }
        keep(transfer.handle)
        transfer.order.reply.resume(returning: result)
    }

    /// Nothing that was set for one transfer is left for the next. Connections belong to the multi handle.
    private mutating func keep(_ handle: UnsafeMutableRawPointer) {
        curl_easy_reset(handle)
        handles.append(handle)
    }
}

extension HTTPLoop.Order {
    /// When it is refused where no slot became free.
    fileprivate var lastStart: ContinuousClock.Instant { placedAt.advanced(by: request.deadlines.total) }
}

extension Duration {
    /// Rounded down; saturates.
    var milliseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return components.seconds < 0 ? .min : .max }
        return seconds.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000).partialValue
    }
}
