import CCurl
import CCurlShim
import Glibc

/// Where a session leads to, and as whom: mails that share it can follow each other in one session.
struct MailDoor: Hashable {
    private let host: String
    private let port: Int
    private let encryption: MailRequest.Encryption
    private let login: MailRequest.Login?
    private let hello: String
    private let trusted: String?

    init(_ request: MailRequest) {
        (host, port, encryption) = (request.host, request.port, request.encryption)
        (login, hello, trusted) = (request.login, request.hello, request.trusted)
    }
}

/// A session with a mail server that libcurl opened, TLS and login included, and the mail that it carries now. Lives on the
/// loop's thread only.
final class MailSession {
    let door: MailDoor
    let socket: Int32
    let handle: UnsafeMutableRawPointer
    /// libcurl's callbacks hold it.
    private let login: MailTransfer
    private let isEncrypted: Bool
    private let keepAlive: Duration
    private(set) var order: HTTPLoop.Order?
    private var dialogue: MailDialogue?
    private var unsent: ArraySlice<UInt8> = []
    /// What was left to write cannot be written any more.
    private var isCut = false
    /// Whether it has carried a mail.
    private var isKept = false
    /// Until when the next mail may come.
    private(set) var idleUntil: ContinuousClock.Instant?

    /// Nil where libcurl has no socket of it.
    init?(_ login: MailTransfer) {
        var socket: curl_socket_t = -1
        guard ccurl_getinfo_socket(login.handle, &socket) == CURLE_OK, socket >= 0 else { return nil }
        (self.login, self.socket, handle) = (login, socket, login.handle)
        door = MailDoor(login.request)
        isEncrypted = login.request.encryption != .none
        keepAlive = login.request.deadlines.keepAlive
    }

    /// Whether a byte of the text may have reached the server.
    var written: Bool { dialogue?.written ?? false }
    private var isWriting: Bool { !unsent.isEmpty }
    /// Nil before it is watched at all.
    private var watchedForWriting: Bool?

    /// Hands a mail over.
    func begin(_ order: HTTPLoop.Order, _ envelope: MailRequest.Envelope) {
        var dialogue = MailDialogue(envelope, login.offers, isKept: isKept)
        unsent = dialogue.begin()[...]
        (self.order, self.dialogue, idleUntil) = (order, dialogue, nil)
        flush()
    }

    /// What is watched is the same for most of a session, so that the system is seldom told.
    func beWatched(by watch: SocketWatch) {
        guard watchedForWriting != isWriting else { return }
        watchedForWriting = isWriting
        watch.add(socket, isWriting: isWriting)
    }

    /// Something happened to the socket. Never asks to write.
    func goOn() -> MailDialogue.Next {
        // What is there now was said before the rest of the text leaves.
        let next = hear()
        if next == .wait { flush() }
        return next
    }

    /// Nothing was said since the last mail, nor has the server left.
    var isQuiet: Bool {
        if case .nothing = receive() { true } else { false }
    }

    private func hear() -> MailDialogue.Next {
        while true {
            guard var dialogue else { return .over(.unknown(.connectionLost), .closed) }
            let next: MailDialogue.Next
            var isDrained = true
            switch receive() {
            case .nothing: return .wait
            case .end: next = dialogue.broke(.connectionLost)
            case .bytes(let bytes):
                next = dialogue.read(bytes, isUnsent: isWriting || isCut)
                // What TLS has unpacked already wakes nobody.
                isDrained = !isEncrypted && bytes.count < MailSession.room
            }
            self.dialogue = dialogue
            switch next {
            case .wait: break
            case .write(let more):
                unsent += more
                flush()
            case .over, .stale: return next
            }
            if isDrained { return .wait }
        }
    }

    func timedOut() -> MailDialogue.Next { dialogue?.timedOut() ?? .over(.unknown(.timeout), .closed) }

    /// The mail is over, and the session is there for the next one.
    func rest(at now: ContinuousClock.Instant) {
        (order, dialogue, isKept) = (nil, nil, true)
        idleUntil = now.advanced(by: keepAlive)
    }

    /// Says goodbye without waiting for the answer. libcurl, which would wait for it, finds the connection gone.
    func close(_ multi: UnsafeMutableRawPointer) {
        if order == nil {
            unsent = Array("QUIT\r\n".utf8)[...]
            flush()
        }
        shutdown(socket, Int32(SHUT_RDWR))
        curl_multi_remove_handle(multi, handle)
        curl_easy_cleanup(handle)
    }

    private static let room = 4096

    private enum Received { case nothing, end, bytes([UInt8]) }

    private func receive() -> Received {
        var count = 0
        var code = CURLE_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: MailSession.room) { buffer, filled in
            code = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count)
            filled = code == CURLE_OK ? count : 0
        }
        if code == CURLE_AGAIN { return .nothing }
        return code == CURLE_OK && count > 0 ? .bytes(bytes) : .end
    }

    /// Writes as much as goes now. A connection that takes nothing any more says so when it is read from, after what the
    /// server said last.
    private func flush() {
        while !unsent.isEmpty {
            var count = 0
            let code = unsent.withUnsafeBytes { curl_easy_send(handle, $0.baseAddress, $0.count, &count) }
            if code == CURLE_AGAIN { return }
            guard code == CURLE_OK, count > 0 else {
                (unsent, isCut) = ([], true)
                return
            }
            unsent = unsent.dropFirst(count)
        }
    }
}
