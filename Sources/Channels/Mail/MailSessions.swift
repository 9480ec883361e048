import CCurl

/// The sessions with mail servers: those that carry a mail, and those that wait for one. Owned by the loop's thread.
struct MailSessions {
    /// What became of a mail.
    enum End {
        case over(HTTPLoop.Order, HTTPResult)
        /// The session was of no use to it before anything of it was handed over.
        case stale(HTTPLoop.Order)
    }

    /// Their own: libcurl closes what lies idle in a multi handle, and does not see what is written through it.
    let multi: UnsafeMutableRawPointer
    private let watch: SocketWatch
    private var sessions: [Int32: MailSession] = [:]
    private var free: [MailDoor: [MailSession]] = [:]
    /// How many carry a mail.
    private(set) var busy = 0
    /// When the one that became idle last has to be closed.
    private(set) var lastIdle: ContinuousClock.Instant?

    init(multi: UnsafeMutableRawPointer, watch: SocketWatch) { (self.multi, self.watch) = (multi, watch) }

    /// Hands the mail to a session that waits for one; false where there is none.
    mutating func carry(_ order: HTTPLoop.Order, _ request: MailRequest, at now: ContinuousClock.Instant) -> Bool {
        guard let envelope = request.envelope, let session = free[MailDoor(request)]?.popLast() else { return false }
        // A word that nobody asked for may be there, and the loop not have seen it yet.
        guard session.idleUntil.map({ $0 > now }) ?? false, session.isQuiet else {
            close(session)
            return carry(order, request, at: now)
        }
        begin(session, order, envelope)
        return true
    }

    /// The login is done, and its mail follows; false where the session is gone again.
    mutating func open(_ login: MailTransfer) -> Bool {
        guard let envelope = login.request.envelope, let session = MailSession(login) else { return false }
        sessions[session.socket] = session
        begin(session, login.order, envelope)
        return true
    }

    private mutating func begin(_ session: MailSession, _ order: HTTPLoop.Order, _ envelope: MailRequest.Envelope) {
        busy += 1
        session.begin(order, envelope)
        session.beWatched(by: watch)
    }

    mutating func goOn(_ socket: Int32, at now: ContinuousClock.Instant) -> End? {
        guard let session = sessions[socket] else { return nil }
        guard session.order != nil else {
            // Nothing was asked: the server leaves, or it says what belongs to no mail.
            close(session)
            return nil
        }
        let next = session.goOn()
        if next == .wait { session.beWatched(by: watch) }
        return end(session, next, at: now)
    }

    private mutating func end(
        _ session: MailSession, _ next: MailDialogue.Next, at now: ContinuousClock.Instant
    ) -> End? {
        guard let order = session.order else { return nil }
        switch next {
        case .wait, .write: return nil
        case .stale:
            close(session)
            return .stale(order)
        case .over(let result, .closed):
            close(session)
            return .over(order, result)
        case .over(let result, .ready):
            session.rest(at: now)
            lastIdle = session.idleUntil
            busy -= 1
            free[session.door, default: []].append(session)
            return .over(order, result)
        }
    }

    // MARK: time

    /// When the first of them has to be looked at.
    var nextDeadline: ContinuousClock.Instant? {
        sessions.values.compactMap { $0.order?.lastStart ?? $0.idleUntil }.min()
    }

    /// Ends what took too long, and closes what waited too long.
    mutating func expire(at now: ContinuousClock.Instant) -> [End] {
        sessions.values.compactMap { session in
            if let idleUntil = session.idleUntil {
                if idleUntil <= now { close(session) }
                return nil
            }
            guard let order = session.order, order.lastStart <= now else { return nil }
            return end(session, session.timedOut(), at: now)
        }
    }

    /// Withdraws a mail of which no byte of its text can have left; nil where there is none.
    mutating func cancel(_ id: UInt64) -> HTTPLoop.Order? {
        guard let session = sessions.values.first(where: { $0.order?.id == id }), !session.written,
            let order = session.order
        else { return nil }
        close(session)
        return order
    }

    mutating func closeAll() { for session in sessions.values { close(session) } }

    private mutating func close(_ session: MailSession) {
        if session.order != nil { busy -= 1 }
        sessions[session.socket] = nil
        free[session.door]?.removeAll { $0 === session }
        watch.remove(session.socket)
        session.close(multi)
    }
}
