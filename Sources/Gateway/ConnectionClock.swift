import HTTPTypes
import NIOCore
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
    private var alarm: Scheduled<Void>?
    /// Requests whose headers came and whose answer did not go out.
    private var underWay = 0
    /// The last request that began came whole.
    private var isRead = true
    private var isLast = false
    /// A request came whole up to its headers: the first, or a later one.
    private var isServing = false
    /// Something of a further request came, and not its headers yet.
    private var hasBegun = false

    init(_ limits: Gateway.Limits, _ crowd: Crowd) {
        self.limits = limits
        self.crowd = crowd
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

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        crowd.leave(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        crowd.leave(context.channel)
        context.fireChannelInactive()
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
            alarm?.cancel()
        }
        if !isLast { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { isLast = true }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            underWay -= 1
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
        alarm?.cancel()
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { context.close(promise: nil) }
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
