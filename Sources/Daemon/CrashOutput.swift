import Glibc

/// What a crash leaves behind: the sentence of the trap, and nothing from memory, where numbers and texts stand.
package enum CrashOutput {
    /// The language's own handler prints the memory that registers point to, and goes on after a SIGABRT from outside,
    /// which is how systemd ends a daemon that hangs. The kernel's core file has all of the memory.
    package static func keepMemoryOut() {
        for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
