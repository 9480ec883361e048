/// What of the store a power failure may take: with `full` nothing that was acknowledged, with `normal` the last moments.
package enum Durability: String, Sendable, CaseIterable { case full, normal }
