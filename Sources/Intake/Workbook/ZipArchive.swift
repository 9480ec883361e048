import CZip

/// The entries of a ZIP archive, read as streams. An archive that is made to explode is refused while it is read.
final class ZipArchive {
    /// The bytes that one entry may have once it is inflated.
    static let longestEntry: Int64 = 2 << 30
    /// No table of people is this much larger than its compressed form; what is made to explode is 1,000 times larger.
    static let mostInflation: Int64 = 250
    /// Small entries may be of any ratio.
    private static let harmless: Int64 = 16 << 20
    private static let pieceSize = 1 << 16

    private let archive: OpaquePointer

    /// Whether a file that begins so is an archive, an empty one too.
    static func begins(_ front: [UInt8]) -> Bool {
        front.starts(with: [0x50, 0x4B, 0x03, 0x04]) || front.starts(with: [0x50, 0x4B, 0x05, 0x06])
    }

    /// Throws a `WorkbookFault`.
    init(_ file: ByteSource) throws {
        guard let source = ZipFile(file).source else { throw WorkbookFault.damaged("ZIP") }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, nil) else {
            zip_source_free(source)
            throw WorkbookFault.damaged("ZIP")
        }
        self.archive = archive
    }

    deinit { zip_discard(archive) }

    func has(_ name: String) -> Bool { zip_name_locate(archive, name, ZipArchive.caseless) >= 0 }

    /// The inflated size of an entry as the archive states it, or 0.
    func size(of name: String) -> Int64 {
        guard let (_, status) = try? find(name) else { return 0 }
        return Int64(clamping: status.size)
    }

    /// An entry that is being read.
    final class Entry {
        fileprivate let file: OpaquePointer
        fileprivate let compressed: Int64
        fileprivate var inflated: Int64 = 0
        fileprivate let name: String
        private var piece = [UInt8](repeating: 0, count: ZipArchive.pieceSize)

        fileprivate init(_ file: OpaquePointer, name: String, compressed: Int64) {
            (self.file, self.name, self.compressed) = (file, name, compressed)
        }

        deinit { zip_fclose(file) }

        /// Gives `body` the next piece; false at the end. Throws a `WorkbookFault`.
        func next(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
            let file = self.file
            let count = piece.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, zip_uint64_t($0.count)) }
            guard count >= 0 else { throw WorkbookFault.damaged(name) }
            inflated += count
            let limit = max(ZipArchive.harmless, compressed.multipliedReportingOverflow(by: ZipArchive.mostInflation).0)
            guard inflated <= min(limit, ZipArchive.longestEntry) else { throw WorkbookFault.explodes }
            guard count > 0 else { return false }
            try piece.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
            return true
        }
    }

    /// Throws a `WorkbookFault` for an entry that is missing or has a password.
    func open(_ name: String) throws -> Entry {
        let (index, status) = try find(name)
        guard let file = zip_fopen_index(archive, index, 0) else { throw WorkbookFault.damaged(name) }
        return Entry(file, name: name, compressed: Int64(clamping: status.comp_size))
    }

    private func find(_ name: String) throws -> (index: zip_uint64_t, status: zip_stat_t) {
        let index = zip_name_locate(archive, name, ZipArchive.caseless)
        var status = zip_stat_t()
        zip_stat_init(&status)
        guard index >= 0, zip_stat_index(archive, zip_uint64_t(index), 0, &status) == 0 else {
            throw WorkbookFault.damaged(name)
        }
        return (zip_uint64_t(index), status)
    }

    private static let caseless = zip_flags_t(1)
}
