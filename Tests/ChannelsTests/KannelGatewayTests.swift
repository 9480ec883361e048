import Foundation
import TestSupport
import Testing

@testable import Channels

/// One at a time: they wait for another program, and hold a thread of the pool meanwhile.
@Suite(
    "A real Kannel", .serialized,
    .enabled(if: KannelGateway.isInstalled, "Kannel (bearerbox, smsbox) is not installed"))
struct KannelGatewayTests {
    private static let texts = [
        "【星河百货】您的8折券已到账，拒收请回复R",
        "【星河百货】" + String(repeating: "亲爱的会员，周年庆全场低至五折。", count: 9) + "拒收请回复R",
        "券😀",
        "  Hello {world} [20%] & more=1+1 @_~ ",
        "第一行\n第二行",
    ]

    @Test(
        "delivers each text to the SMS centre as it was written",
        arguments: [KannelSettings.Method.postHeaders, .get])
    func exact(method: KannelSettings.Method) async throws {
        let gateway = try KannelGateway()
        defer { gateway.stop() }
        let transport = try #require(HTTPTransport())
        let settings = KannelSettings(
            url: gateway.url, method: method, username: "tester", password: "foo bar", from: "10690000")
        let channel = KannelChannel(settings, transport: transport)
        for text in KannelGatewayTests.texts {
            #expect(await channel.send(sample(to: "+8613800000001", text: text)) == .accepted(providerID: nil))
            let message = try gateway.nextMessage()
            #expect(message.text == text)
            #expect(message.receiver == "+8613800000001")
        }
    }

    @Test("tells refusals apart", arguments: [KannelSettings.Method.postHeaders, .get])
    func refusals(method: KannelSettings.Method) async throws {
        let gateway = try KannelGateway()
        defer { gateway.stop() }
        let transport = try #require(HTTPTransport())
        func send(_ url: String, _ password: String, to: String, dlr: String? = nil) async -> SendOutcome {
            let settings = KannelSettings(
                url: url, method: method, username: "tester", password: password,
                dlr: dlr.map { KannelSettings.Receipts(url: $0) })
            return await KannelChannel(settings, transport: transport).send(sample(to: to))
        }
        #expect(await send(gateway.url, "foo bar", to: "19900000001") == .rejected(code: "not_routable"))
        #expect(await send(gateway.url, "wrong", to: "13800000001") == .misconfigured(code: "authorization"))
        #expect(await send(gateway.url + "x", "foo bar", to: "13800000001") == .misconfigured(code: "wrong_path"))
        #expect(
            await send(gateway.url, "foo bar", to: "13800000001", dlr: "ftp://x") == .misconfigured(code: "bad_dlr_url")
        )
    }

    @Test("sends a receipt that quotes our reference", arguments: [KannelSettings.Method.postHeaders, .get])
    func receipt(method: KannelSettings.Method) async throws {
        let gateway = try KannelGateway()
        let receiver = try ScriptedServer([.reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])
        defer {
            gateway.stop()
            receiver.stop()
        }
        let dlr = KannelSettings.Receipts(mask: 1, url: "http://127.0.0.1:\(receiver.port)/receipts/sms")
        let settings = KannelSettings(
            url: gateway.url, method: method, username: "tester", password: "foo bar", dlr: dlr)
        let channel = KannelChannel(settings, transport: try #require(HTTPTransport()))
        #expect(await channel.send(sample(reference: "d 1/1%d")) == .accepted(providerID: nil))
        #expect(try gateway.nextMessage().text == sample().text)
        let first = try #require(receiver.seen(atLeast: 1).first)
        #expect(first.head.hasPrefix("GET /receipts/sms?reference=d%201%2F1%25d&status=1&answer="))
        let query = first.head.split(separator: " ")[1].split(separator: "?")[1]
        let read = try CallbackTests.read("kannel", method: "GET", query: String(query))
        guard case .receipt(let report)? = read.events.first else { Issue.record("no receipt"); return }
        #expect(report.reference == "d 1/1%d" && report.status == .delivered && read.answer.status == 200)
    }
}
