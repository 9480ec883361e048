import Config
import Glibc
import Kit
import Rules

/// What the HTTP port needs at a start.
extension StartCheck {
    func serving(of config: Configuration) -> [Diagnostic] {
        guard let http = config.http else { return [] }
        let node = file.root?["http"]?["listen"]
        let unheard = whyNotHeard(http).map {
            unusable($0, at: node?.span ?? .top(of: file.path), path: ["http", "listen"])
        }
        return sharedKeys(http) + (unheard.map { [$0] } ?? [])
    }

    /// Two sources with one key could not be told apart; a secret that cannot be read has its finding already.
    private func sharedKeys(_ http: Configuration.HTTP) -> [Diagnostic] {
        var known: [String: String] = [:]
        return http.sources.enumerated().compactMap { index, source in
            guard let secret = try? source.writeKey.resolve(environment: environment),
                let other = known.updateValue(source.id, forKey: secret)
            else { return nil }
            let items = file.root?["http"]?["sources"]?.items ?? []
            let node = items.first { $0["id"]?.text == source.id }?["write_key"]
            return unusable(
                Configuration.HTTP.sameKey(other, source.id), at: node?.span ?? .top(of: file.path),
                path: ["http", "sources", "\(index)", "write_key"])
        }
    }

    /// Why this user cannot listen there. Nil where another process does: that is the daemon before a reload, and a start
    /// beside it says so itself. Nothing listens; the port is taken for a moment and given back.
    private func whyNotHeard(_ http: Configuration.HTTP) -> Bilingual? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(bitPattern: SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(http.host, String(http.port), &hints, &found) == 0, let place = found?.pointee else {
            return http.unheard(nil)
        }
        defer { freeaddrinfo(found) }
        let socket = Glibc.socket(place.ai_family, place.ai_socktype, place.ai_protocol)
        guard socket >= 0 else { return http.unheard(errno) }
        defer { close(socket) }
        var reuses: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuses, socklen_t(MemoryLayout<Int32>.size))
        guard bind(socket, place.ai_addr, place.ai_addrlen) != 0, errno != EADDRINUSE else { return nil }
        return http.unheard(errno)
    }
}

extension Configuration.HTTP {
    /// Why two sources are refused.
    package static func sameKey(_ one: String, _ other: String) -> Bilingual {
        Bilingual(
            "http.sources: `\(one)` and `\(other)` have the same write_key: give each its own",
            "http.sources：`\(one)` 与 `\(other)` 的 write_key 相同，请各用各的")
    }

    /// Why nothing can listen there.
    /// - Parameter code: an error number of the system; nil where the name leads to no address.
    package func unheard(_ code: Int32?) -> Bilingual {
        let place = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        switch code {
        case EADDRINUSE?:
            return Bilingual(
                "another process listens on \(place) already: stop it, or change `http.listen` in nudged.yaml",
                "另一个进程已经在监听 \(place)：请停掉它，或修改 nudged.yaml 的 `http.listen`")
        case EACCES?:
            return Bilingual(
                "this user may not listen on \(place): take a port above 1023", "当前用户无权监听 \(place)：请改用 1023 以上的端口")
        case let code?:
            let reason = Bilingual(errno: code)
            return Bilingual("nothing can listen on \(place): \(reason)", "无法监听 \(place)：\(reason.chinese)")
        case nil:
            return Bilingual(
                "nothing can listen on \(place): is that an address of this machine?", "无法监听 \(place)：这是本机的地址吗？")
        }
    }
}
