import CZlib

/// Unpacks gzip (RFC 1952), with limits that a bomb meets before it takes our memory.
enum Gunzip {
    enum Failure: Error { case broken, tooLarge }

    /// JSON that repeats itself shrinks to a fiftieth at most; above the first bytes, what shrinks more is no JSON.
    private static let ratio = 200
    private static let free = 64 << 10
    private static let piece = 64 << 10

    /// Throws a `Failure`: for bytes that are no gzip or are cut, and for what has more than `most` bytes when unpacked.
    static func unpack(_ bytes: [UInt8], atMost most: Int) throws -> [UInt8] {
        var stream = z_stream()
        // 16: gzip, and no other format.
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, size) == Z_OK else { throw Failure.broken }
        defer { inflateEnd(&stream) }
        let limit = min(most, max(free, bytes.count * ratio))
        var unpacked: [UInt8] = []
        var input = bytes
        var output = [UInt8](repeating: 0, count: piece)
        return try input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while true {
                let (status, count) = output.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    return (inflate(&stream, Z_NO_FLUSH), output.count - Int(stream.avail_out))
                }
                guard unpacked.count + count <= limit else { throw Failure.tooLarge }
                unpacked += output[..<count]
                if status == Z_STREAM_END {
                    guard stream.avail_in == 0 else { throw Failure.broken }
                    return unpacked
                }
                guard status == Z_OK, count > 0 || stream.avail_in > 0 else { throw Failure.broken }
            }
        }
    }
}
