import Foundation
import Intake
import Kit

/// The form in which the SDKs of Sensors Analytics post: `data_list` or `data`, base64 of JSON or of gzip.
enum EventForm {
    enum Failure: Error { case noData }

    /// Throws a `Failure`, a `Gunzip.Failure` or a `StrictJSON.Failure`.
    static func json(_ body: [UInt8], atMost most: Int) throws -> StrictJSON {
        guard let pairs = PercentEncoding.pairs(String(decoding: body, as: UTF8.self)) else { throw Failure.noData }
        func value(_ name: String) -> String? { pairs.first { $0.name == name }?.value }
        guard let text = value("data_list") ?? value("data"), let data = Data(base64Encoded: text) else {
            throw Failure.noData
        }
        let isPacked = value("gzip") == "1" || data.starts(with: [0x1F, 0x8B])
        return try StrictJSON(
            parsing: isPacked ? Gunzip.unpack(Array(data), atMost: most) : Array(data), takesNUL: true)
    }
}
