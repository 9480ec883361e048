import Rules

/// What nudged.yaml and its adapter say of one channel, as far as a handover and what follows it need to know.
package struct ChannelTerms: Sendable {
    /// Microseconds from the handover to the first question to the provider; nil where it cannot be asked.
    package var firstQuery: Int64?
    /// How many messages one address gets, of both purposes and whoever has it.
    package var recipientLimits: [CountLimit]

    package init(firstQuery: Int64? = nil, recipientLimits: [CountLimit] = []) {
        self.firstQuery = firstQuery
        self.recipientLimits = recipientLimits
    }
}
