import Kit
import CCurl
import CCurlShim

/// The requests the loop's thread is working on: those waiting for a slot, and those in flight. Owned by that thread.
struct HTTPTransfers {
    private let multi: UnsafeMutableRawPointer
    private let maxInFlight: Int
    private var waiting: [HTTPLoop.Order] = []
    private var inFlight: [UnsafeMutableRawPointer: any Transfer] = [:]

    init(multi: UnsafeMutableRawPointer, maxInFlight: Int) {
        self.multi = multi
        self.maxInFlight = maxInFlight
    }

    var isIdle: Bool { waiting.isEmpty && inFlight.isEmpty }

    mutating func queue(_ orders: [HTTPLoop.Order]) { waiting += orders }

    /// Does what can be done without waiting.
    mutating func turn(at now: ContinuousClock.Instant) {
        expire(at: now)
        start(at: now)
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        finish()
    }

    /// How long nothing can happen but what libcurl itself watches for.
    func milliseconds(from now: ContinuousClock.Instant) -> Int32 {
        if !waiting.isEmpty && inFlight.count < maxInFlight { return 0 }
        let deadlines =
            waiting.map { $0.placedAt.advanced(by: $0.request.deadlines.total) }
            + inFlight.values.compactMap(\.firstByteDue)
        guard let next = deadlines.min() else { return 60_000 }
        return Int32(clamping: min(60_000, max(0, now.duration(to: next).milliseconds + 1)))
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

    private mutating func expire(at now: ContinuousClock.Instant) {
        for transfer in inFlight.values {
            if let due = transfer.firstByteDue, due <= now { end(transfer, .unknown(.firstByteTimeout)) }
        }
        let late = waiting.filter { $0.placedAt.advanced(by: $0.request.deadlines.total) <= now }
        guard !late.isEmpty else { return }
        waiting.removeAll { $0.placedAt.advanced(by: $0.request.deadlines.total) <= now }
        for order in late { order.reply.resume(returning: .notSent(.noSlot)) }
    }

    private mutating func start(at now: ContinuousClock.Instant) {
        let free = min(maxInFlight - inFlight.count, waiting.count)
        guard free > 0 else { return }
        for order in waiting.prefix(free) {
            guard let transfer = order.transfer(at: now), curl_multi_add_handle(multi, transfer.handle) == CURLM_OK
            else {
                order.reply.resume(returning: .notSent(.connectFailed))
                continue
            }
            inFlight[transfer.handle] = transfer
        }
        waiting.removeFirst(free)
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
        transfer.order.reply.resume(returning: result)
    }
}

extension Duration {
    /// Rounded down; saturates.
    var milliseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return components.seconds < 0 ? .min : .max }
        return seconds.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000).partialValue
    }
}
