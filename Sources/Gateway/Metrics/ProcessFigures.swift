import Glibc

/// What the kernel says of this process, under the names that Prometheus gives it.
struct ProcessFigures {
    private(set) var cpuSeconds: Double?
    private(set) var residentBytes: Double?
    private(set) var openFiles: Double?
    private(set) var startedAt: Double?

    init() {
        // After the name of the program, which is in brackets: state, then the numbers.
        if let text = ProcessFigures.read("/proc/self/stat"), let end = text.lastIndex(of: ")") {
            let fields = text[text.index(after: end)...].split(separator: " ")
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            func number(_ place: Int) -> Double? { place < fields.count ? Double(fields[place]) : nil }
            if let user = number(11), let system = number(12) { cpuSeconds = (user + system) / ticks }
            residentBytes = number(21).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
            if let start = number(19), let boot = ProcessFigures.bootTime { startedAt = boot + start / ticks }
        }
        openFiles = ProcessFigures.entries("/proc/self/fd")
    }

    private static let bootTime: Double? = {
        let line = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }()

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private static func entries(_ path: String) -> Double? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Itself, and the two names of the directory.
        return Double(max(count - 3, 0))
    }

    var families: [MetricFamily] {
        [
            MetricFamily(
                "process_cpu_seconds_total", .counter, "Processor time that the process used.", value: cpuSeconds),
            MetricFamily(
                "process_resident_memory_bytes", .gauge, "Memory of the process that is in RAM.", value: residentBytes),
            MetricFamily("process_open_fds", .gauge, "Open file descriptors.", value: openFiles),
            MetricFamily(
                "process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.", value: startedAt
            ),
        ].filter { !$0.samples.isEmpty }
    }
}
