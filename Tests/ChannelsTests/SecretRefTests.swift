import Foundation
import Testing

@testable import Channels

/// A directory with one file in it, removed afterwards.
private struct SecretDirectory: ~Copyable {
    let path: String
    var file: String { path + "/key" }

    init(_ content: [UInt8], mode: mode_t) throws {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array((parent + "/nudged-secret-XXXXXX").utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
        let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
        #expect(write(descriptor, content, content.count) == content.count)
        #expect(fchmod(descriptor, mode) == 0)
        close(descriptor)
    }

    deinit {
        unlink(path + "/key")
        rmdir(path)
    }
}

@Suite("A secret")
struct SecretRefTests {
    @Test(
        "loses one trailing newline",
        arguments: [
            ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" a b ", " a b "), ("密码\n", "密码"),
        ])
    func newline(_ content: String, _ expected: String) throws {
        #expect(try SecretRef.env("KEY").resolve(environment: ["KEY": content]) == expected)
        let directory = try SecretDirectory(Array(content.utf8), mode: 0o600)
        #expect(try SecretRef.file(directory.file).resolve(environment: [:]) == expected)
        let environment = ["CREDENTIALS_DIRECTORY": directory.path]
        #expect(try SecretRef.credential("key").resolve(environment: environment) == expected)
    }

    @Test(
        "is refused when empty or longer than a line",
        arguments: ["", "\n", "a\n\n", "a\nb", "a\0b", "a\r\nX-To: b"])
    func notOneLine(_ content: String) {
        #expect(throws: SecretRef.Failure.self) { try SecretRef.env("KEY").resolve(environment: ["KEY": content]) }
    }

    @Test("in a file is refused when others have any right to it", arguments: [0o640, 0o604, 0o601, 0o666] as [mode_t])
    func mode(_ mode: mode_t) throws {
        let directory = try SecretDirectory(Array("hunter2".utf8), mode: mode)
        let file = directory.file
        let failure = #expect(throws: SecretRef.Failure.self) { try SecretRef.file(file).resolve(environment: [:]) }
        #expect(failure?.description.contains("chmod 0600 \(file)") == true)
        #expect(failure?.description.contains("hunter2") == false)
    }

    @Test("may be readable by its owner alone")
    func readOnly() throws {
        let directory = try SecretDirectory(Array("k".utf8), mode: 0o400)
        #expect(try SecretRef.file(directory.file).resolve(environment: [:]) == "k")
    }

    @Test("that is not text is refused")
    func notText() throws {
        let directory = try SecretDirectory([0x61, 0xFF], mode: 0o600)
        let file = directory.file
        #expect(throws: SecretRef.Failure.self) { try SecretRef.file(file).resolve(environment: [:]) }
    }

    @Test(
        "that is not there names its place",
        arguments: [
            (SecretRef.env("SHOP_KEY"), "environment variable SHOP_KEY is not set"),
            (
                .credential("key"),
                "credential key: $CREDENTIALS_DIRECTORY is not set; LoadCredential= in the unit sets it"
            ),
            (.file("/nonexistent/key"), "secret file /nonexistent/key: No such file or directory"),
            (.file("/"), "secret file /: not a file"),
        ])
    func absent(_ secret: SecretRef, _ message: String) {
        let failure = #expect(throws: SecretRef.Failure.self) { try secret.resolve(environment: [:]) }
        #expect(failure?.description == message)
    }
}
