import CZip

/// Lets libzip read the bytes of a `ByteSource`, wherever they are kept.
final class ZipFile {
    private let file: ByteSource
    private var place: Int64 = 0
    private var error = zip_error_t()

    init(_ file: ByteSource) {
        self.file = file
        zip_error_init(&error)
    }

    deinit { zip_error_fini(&error) }

    /// What libzip reads from. It keeps this object until `zip_source_free`, or until its archive is discarded. Nil where
    /// there is no memory.
    var source: OpaquePointer? {
        let context = Unmanaged.passRetained(self)
        let source = zip_source_function_create(
            { context, data, length, command in
                guard let context else { return -1 }
                let file = Unmanaged<ZipFile>.fromOpaque(context)
                guard command != ZIP_SOURCE_FREE else {
                    file.release()
                    return 0
                }
                return file.takeUnretainedValue().answer(command, data, length)
            }, context.toOpaque(), nil)
        if source == nil { context.release() }
        return source
    }

    private static let answered = [
        ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
        ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS,
    ]

    private func answer(
        _ command: zip_source_cmd_t, _ data: UnsafeMutableRawPointer?, _ length: zip_uint64_t
    ) -> zip_int64_t {
        switch command {
        case ZIP_SOURCE_SUPPORTS: return ZipFile.answered.reduce(0) { $0 | 1 << zip_int64_t($1.rawValue) }
        case ZIP_SOURCE_OPEN:
            place = 0
            return 0
        case ZIP_SOURCE_CLOSE: return 0
        case ZIP_SOURCE_READ: return read(data, length)
        case ZIP_SOURCE_STAT: return tellSize(data, length)
        case ZIP_SOURCE_ERROR: return zip_error_to_data(&error, data, length)
        case ZIP_SOURCE_TELL: return place
        case ZIP_SOURCE_SEEK:
            let offset = zip_source_seek_compute_offset(
                zip_uint64_t(place), zip_uint64_t(file.size), data, length, &error)
            guard offset >= 0 else { return -1 }
            place = offset
            return 0
        default: return fail(ZIP_ER_OPNOTSUPP)
        }
    }

    private func read(_ data: UnsafeMutableRawPointer?, _ length: zip_uint64_t) -> zip_int64_t {
        let most = Int(min(length, zip_uint64_t(ByteSource.pieceSize)))
        guard let data, let bytes = try? file.bytes(at: place, most: most) else { return fail(ZIP_ER_READ) }
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: data, count: most).copyMemory(from: $0) }
        place += Int64(bytes.count)
        return zip_int64_t(bytes.count)
    }

    private func tellSize(_ data: UnsafeMutableRawPointer?, _ length: zip_uint64_t) -> zip_int64_t {
        guard let data, length >= zip_uint64_t(MemoryLayout<zip_stat_t>.size) else { return fail(ZIP_ER_INVAL) }
        let status = data.assumingMemoryBound(to: zip_stat_t.self)
        zip_stat_init(status)
        status.pointee.size = zip_uint64_t(file.size)
        status.pointee.valid |= zip_uint64_t(ZIP_STAT_SIZE)
        return zip_int64_t(MemoryLayout<zip_stat_t>.size)
    }

    private func fail(_ code: Int32) -> zip_int64_t {
        zip_error_set(&error, code, 0)
        return -1
    }
}
