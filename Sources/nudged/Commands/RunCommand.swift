import ArgumentParser
import Daemon
import Foundation
import Review

/// `nudged run`: the daemon.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the daemon.",
        discussion: """
            Evaluates the rules twice a second and hands messages to their channels. SIGHUP reads the rules again, \
            SIGTERM ends after the sends under way. Logs go to standard error.

            With `store: {durability: normal}` in the config a power cut may lose the last moments (accepted rows, \
            decisions, answers); the daemon then holds all sends until `nudged release --rollback`. With `full`, the default, \
            what is acknowledged is on disk.
            """)

    @Option(help: "The operators' file.")
    var config = "nudged.yaml"

    @Flag(help: "Refuse rules with warnings too.")
    var strict = false

    func run() async throws {
        let application = Application(
            config: try ConfigFile.read(config), environment: ProcessInfo.processInfo.environment, isStrict: strict)
        do { try await application.run() } catch let error where !(error is Refusal) {
            throw Refusal(.internalError, "the daemon ended: \(error)")
        }
    }
}
