import Foundation
import Testing

@testable import AppServer

@Suite struct ClientFileNameTests {
    @Test(arguments: [
        ("report.pdf", "report.pdf"), ("C:\\Users\\me\\scan.pdf", "scan.pdf"), ("../../etc/passwd", "passwd"),
        ("a\u{0}b\r\n.pdf", "ab.pdf"), ("evil\u{202E}fdp.exe", "evilfdp.exe"), (" .hidden ", "hidden"),
        ("Ünï ☂.pdf", "Ünï ☂.pdf"), ("../\u{301}etc/\u{301}passwd", "\u{301}passwd"),
    ])
    func pathsAndTricksAreRemoved(_ given: String, _ kept: String) {
        #expect(ClientFileName.sanitised(given) == kept)
    }

    @Test(arguments: ["", "/", "...", "\u{202E}"])
    func emptyNamesAreNone(_ given: String) { #expect(ClientFileName.sanitised(given) == nil) }

    @Test func longNamesKeepTheirExtension() throws {
        let name = try #require(ClientFileName.sanitised(String(repeating: "ü", count: 300) + ".pdf"))
        #expect(name.utf8.count <= 255)
        #expect(name.hasSuffix("ü.pdf"))
    }

    @Test func dispositionCarriesBothForms() {
        let text = ClientFileName.disposition("r\u{e9}sum\u{e9} \"1\".pdf")
        #expect(text == "attachment; filename=\"r_sum_ _1_.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%221%22.pdf")
    }

    @Test func dispositionNeverHoldsASlash() {
        let text = ClientFileName.disposition("a/\u{301}b\\c.pdf")
        #expect(text == "attachment; filename=\"a__b_c.pdf\"; filename*=UTF-8''a_%CC%81b_c.pdf")
    }

    @Test func extendedNameIsPreferred() {
        let value = ContentDisposition("form-data; name=\"file\"; filename=\"x.pdf\"; filename*=UTF-8''%E2%98%82.pdf")
        #expect(value.filename == "☂.pdf")
    }
}

@Suite struct DownloadSignerTests {
    private let signer = DownloadSigner(SigningKey(bytes: Array(repeating: 7, count: 32)))
    private let id = JobID.make()

    private func parts(of url: String) -> (expires: String?, signature: String?) {
        let items = URLComponents(string: url)?.queryItems ?? []
        return (items.first { $0.name == "expires" }?.value, items.first { $0.name == "signature" }?.value)
    }

    @Test func ownURLIsValidUntilItExpires() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let (expires, signature) = parts(of: signer.url(for: id, now: now))
        #expect(signer.verify(id: id, expires: expires, signature: signature, now: now) == .valid)
        let later = now.addingTimeInterval(DownloadSigner.validity + 901)
        #expect(signer.verify(id: id, expires: expires, signature: signature, now: later) == .expired)
    }

    @Test func anyChangeIsNoticed() throws {
        let (expires, signature) = parts(of: signer.url(for: id))
        let longer = try String(#require(expires.flatMap { Int($0) }) + 1)
        #expect(signer.verify(id: JobID.make(), expires: expires, signature: signature) == .forged)
        #expect(signer.verify(id: id, expires: longer, signature: signature) == .forged)
        #expect(signer.verify(id: id, expires: expires, signature: signature.map { String($0.dropLast()) }) == .forged)
        #expect(signer.verify(id: id, expires: nil, signature: nil) == .forged)
        #expect(signer.verify(id: id, expires: "+\(expires ?? "")", signature: signature) == .forged)
    }

    @Test func otherKeysGiveOtherSignatures() {
        let (expires, signature) = parts(of: signer.url(for: id))
        let other = DownloadSigner(SigningKey(bytes: Array(repeating: 8, count: 32)))
        #expect(other.verify(id: id, expires: expires, signature: signature) == .forged)
    }
}

@Suite struct JobIDTests {
    @Test func identifiersAreUUIDsThatSortByAge() {
        let early = JobID.make(at: Date(timeIntervalSince1970: 1000))
        let late = JobID.make(at: Date(timeIntervalSince1970: 2000))
        #expect(early < late)
        #expect(UUID(uuidString: early) != nil)
        #expect(JobID.isValid(early))
    }

    @Test(arguments: ["", "../../x", "01A204AF-4d16-7bea-b523-6d6a8258645c", "01a204af4d167beab5236d6a8258645c0000"])
    func otherTextIsNoIdentifier(_ text: String) { #expect(!JobID.isValid(text)) }
}
