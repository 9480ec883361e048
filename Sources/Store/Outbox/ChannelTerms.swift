import Rules

/// What nudged.yaml and its adapter say of one channel, as far as a handover and what follows it need to know.
package struct ChannelTerms: Sendable {
    /// Microseconds from the handover to the first question to the provider; nil where it cannot be asked.
    package var firstQuery: Int64?

    package init(firstQuery: Int64? = nil) { self.firstQuery = firstQuery }
}
