/// What a power failure may take from the store: with `full` nothing acknowledged, with `normal` the last moments.
package enum Durability: String, Sendable, CaseIterable { case full, normal }
