import Policies
import Kit
import Rules
import Testing

/// The gate decides by composing the message before anything is given.
@Suite("Generic personalisation")
struct GenericPersonalisationTests {
    private func verdict(_ actions: String) throws -> String {
        var world = try GateWorld(do: actions)
        world.personalisation = "generic"
        return try world.verdict()
    }

    private func sending(_ template: String, fill: String) -> String {
        "{send: {try: [{sms: {template: \(template)}}], fill: {\(fill)}}}"
    }

    @Test("a message that needs a value of the member is not sent, and one with a default is")
    func defaults() throws {
        #expect(try verdict("[\(sending("hello", fill: "id: member.id"))]") == Objection.genericPersonalisation.verdict)
        #expect(try verdict("[\(sending("greeting", fill: "name: member.display_name"))]") == "sends through sms")
    }

    @Test("the coupon that the path gives counts as given")
    func coupon() throws {
        let give = "{give_coupon: {template: BDAY, save_as: gift}}"
        #expect(try verdict("[\(give), \(sending("hello", fill: "id: gift.code"))]") == "sends through sms")
    }

    @Test("only the template of the channel that would be used is asked")
    func channel() throws {
        let actions = """
            [{send: {try: [{sms: {template: hello}}, {wechat: {template: plain}}], fill: {id: member.id}}}]
            """
        var world = try GateWorld(do: actions)
        world.personalisation = "generic"
        #expect(try world.verdict() == Objection.genericPersonalisation.verdict)
        world.preferredChannel = "wechat"
        #expect(try world.verdict() == "sends through wechat")
    }

    @Test("a member who allows personalisation, or said nothing, is sent the values", arguments: ["personalised", nil])
    func allowed(word: String?) throws {
        var world = try GateWorld()
        world.personalisation = word
        #expect(try world.verdict() == "sends through sms")
    }
}
