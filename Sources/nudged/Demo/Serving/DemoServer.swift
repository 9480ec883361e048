import Channels
import Config
import Daemon
import Gateway
import Kit
import Logging
import Review
import Rules

/// `nudged demo --serve`: the phones of a few invented members, on a page of this machine. The store is in memory, and
/// nothing else is kept, so Ctrl-C may end it at any moment.
struct DemoServer {
    static let standardPort = 8787
    /// Nobody but this machine gets to it.
    private static let host = "127.0.0.1"

    let port: Int
    private var base: String { "http://\(DemoServer.host):\(port)" }

    func run() async throws {
        Application.ignoreSignals()
        let log = Logger(label: "nudged.demo") { _ in SwiftLogNoOpLogHandler() }
        let form = LinkForm(base: base, hosts: [DemoServer.host])
        let shop = try await PhoneShop(form: form, log: log)
        let pages = PhonePages(shop: shop, base: base)
        let gateway = Gateway(
            Configuration.HTTP(host: DemoServer.host, port: port), channels: [], links: shop.linkDesk,
            pages: { await pages.answer($0) }, log: log, isReady: { true }, note: { _, _, _ in })
        async let served: Void = gateway.run()
        if await gateway.listening() != nil {
            Console.print(
                .say(
                    "The phones: \(base)\(PhonePages.path)\nOnly this machine reaches them. Ctrl-C ends it.",
                    "会员的手机：\(base)\(PhonePages.path)\n只有本机能访问。按 Ctrl-C 结束。"))
        }
        do { try await served } catch let refusal as Refusal where refusal.code == .locked {
            throw Failure(
                .locked,
                .say(
                    "another process listens on \(DemoServer.host):\(port) already: choose another --port",
                    "另一个进程已经在监听 \(DemoServer.host):\(port)：请用 --port 换一个端口"))
        }
    }
}
