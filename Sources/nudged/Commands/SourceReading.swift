import Config
import Foundation
import Intake
import Kit
import Review
import Store

/// How what a source sends is read: by its mapping where it has one, else in the shape of the Segment specification.
struct SourceReading {
    let segment: SegmentDialect
    /// By the id of the source.
    let mapped: [String: MappingDialect]

    /// The events of one line, or of one body that was kept.
    func events(of source: String, line bytes: [UInt8], isCut: Bool = false, at received: Instant) -> [SourceEvent] {
        guard let dialect = mapped[source] else { return segment.events(ofLine: bytes, isCut: isCut, at: received) }
        return [dialect.read(line: bytes, isCut: isCut, at: received)]
    }
}

extension StoreOptions {
    /// - Parameters:
    ///   - path: of a mapping file, in place of what nudged.yaml says of that source.
    ///   - source: nil where only nudged.yaml counts.
    func sourceReading(mapping path: String? = nil, of source: String? = nil) throws -> SourceReading {
        var mappings = try loadConfig().map { try SourceMappings(of: $0).sound() } ?? [:]
        if let path, let source { mappings[source] = try SourceMappings(path: path, of: source).sound()[source] }
        let terms = try sourceTerms()
        return SourceReading(
            segment: SegmentDialect(terms), mapped: mappings.mapValues { MappingDialect($0, terms) })
    }
}

/// The bodies of messages in a file: one JSON value, however it is laid out, one form, or one JSON value a line.
struct RecordedBodies {
    let bodies: [[UInt8]]

    /// As much as a source may send, some times over.
    private static let most = 16 << 20

    /// - Parameter path: `-` is standard input.
    init(_ path: String) throws {
        let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let handle else {
            throw Failure(.couldNotRun, .say("\(path) cannot be read", "无法读取 \(path)"))
        }
        let data = (try? handle.read(upToCount: RecordedBodies.most + 1)) ?? Data()
        guard data.count <= RecordedBodies.most else {
            throw Failure(
                .couldNotRun, .say("\(path) is larger than 16 MB; divide it", "\(path) 超过 16 MB，请分成几个文件"))
        }
        let bytes = [UInt8](data)
        if (try? StrictJSON(parsing: bytes, takesNUL: true)) != nil || !bytes.contains(UInt8(ascii: "{")) {
            bodies = [bytes]
        } else {
            bodies = bytes.split { $0 == 0x0A || $0 == 0x0D }.map(Array.init)
        }
    }
}
