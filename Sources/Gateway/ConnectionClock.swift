import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends a connection whose peer is too slow, and one whose answer says that it is the last. A daemon that is slow itself
/// ends none. Tells the crowd what its connection is at.
final class ConnectionClock: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: Gateway.Limits
    private let crowd: Crowd
    /// Nil where nobody counts.
    private let calls: OpenCalls?
    /// When the connection ends; nil: not by the clock.
    private var ends: NIODeadline?
    /// Looks whether it is time. It is set anew only for an earlier end: nearly every request moves the end on.
    private var alarm: (at: NIODeadline, Scheduled<Void>)?
    /// Requests that came whole and whose answer did not go out.
    private var whole = 0
    /// Requests whose headers came and whose answer did not go out.
    private var underWay = 0
    /// The last request that began came whole.
    private var isRead = true
    private var isLast = false
    /// A request came whole up to its headers: the first, or a later one.
    private var isServing = false
    /// The headers of a request had more bytes, or were more, than is taken.
    private var isOverflown = false
    /// Something of a further request came, and not its headers yet.
    private var hasBegun = false

    init(_ limits: Gateway.Limits, _ crowd: Crowd, calls: OpenCalls? = nil) {
        self.limits = limits
        self.crowd = crowd
        self.calls = calls
    }

    func handlerAdded(context: ChannelHandlerContext) {
        setAlarm(limits.head, context)
        crowd.enter(context.channel)
        let begins = { [self] in begin(context) }
        // A pipeline that does not take it ends with its connection anyway.
        try? context.pipeline.syncOperations.addHandler(FirstByte(begins), position: .first)
    }

    /// The headers of a further request have as long as those of the first, from their first byte on.
    private func begin(_ context: ChannelHandlerContext) {
        guard isRead, !hasBegun, !isLast else { return }
        hasBegun = true
        if underWay <= 0, isServing {
            setAlarm(limits.head, context)
            crowd.move(context.channel, to: .withoutHead)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave(context) }

    func channelInactive(context: ChannelHandlerContext) {
        leave(context)
        context.fireChannelInactive()
    }

    private func leave(_ context: ChannelHandlerContext) {
        alarm?.1.cancel()
        (alarm, ends) = (nil, nil)
        crowd.leave(context.channel)
        calls?.end(whole)
        whole = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            underWay += 1
            (isRead, hasBegun, isServing) = (false, false, true)
            crowd.move(context.channel, to: .serving)
            if !isLast { setAlarm(limits.body, context) }
        case .body: break
        case .end:
            isRead = true
            if isLast { return context.close(promise: nil) }
            ends = nil
            // One that was refused before its body came is answered.
            guard underWay > 0 else { break }
            whole += 1
            calls?.begin()
        }
        if !isLast { context.fireChannelRead(data) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .headerOverflow? = error as? HTTPParserError { isOverflown = true }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { isLast = true }
            guard isOverflown, head.status == .badRequest else { return context.write(data, promise: promise) }
            // The server calls everything that cannot be read a bad request.
            var named = head
            named.status = .requestHeaderFieldsTooLarge
            context.write(wrapOutboundOut(.head(named)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            underWay -= 1
            if whole > 0 {
                whole -= 1
                calls?.end()
            }
            let written = promise ?? context.eventLoop.makePromise()
            if isLast {
                written.futureResult.assumeIsolated().whenComplete { _ in self.end(context) }
            } else if underWay <= 0 {
                setAlarm(hasBegun ? limits.head : limits.idle, context)
                // Not before the answer has left: whoever is idle may be closed at once.
                written.futureResult.assumeIsolated().whenSuccess { _ in self.rest(context) }
            }
            context.write(data, promise: written)
        }
    }

    private func rest(_ context: ChannelHandlerContext) {
        guard underWay <= 0 else { return }
        crowd.move(context.channel, to: hasBegun ? .withoutHead : .idle)
    }

    /// A peer that is still sending would lose the answer by a hard end.
    private func end(_ context: ChannelHandlerContext) {
        if isRead { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        setAlarm(limits.farewell, context)
    }

    private func setAlarm(_ time: Duration, _ context: ChannelHandlerContext) {
        let ends = NIODeadline.now() + TimeAmount(time)
        self.ends = ends
        look(at: ends, context)
    }

    private func look(at time: NIODeadline, _ context: ChannelHandlerContext) {
        if let alarm, alarm.at <= time { return }
        alarm?.1.cancel()
        let ring = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [self] in
            alarm = nil
            guard let ends else { return }
            if ends <= .now() { context.close(promise: nil) } else { look(at: ends, context) }
        }
        alarm = (time, ring)
    }
}

/// Tells of bytes before they are read as a request.
private final class FirstByte: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tell: () -> Void

    init(_ tell: @escaping () -> Void) { self.tell = tell }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        tell()
        context.fireChannelRead(data)
    }
}
