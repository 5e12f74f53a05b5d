import Cryptography
import Testing

@Suite struct CryptographyTests {
    @Test func sha256GivesThePublishedDigest() {
        // FIPS 180-4, appendix B.1.
        #expect(hex(sha256("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func aDigestInPiecesEqualsTheWhole() {
        var stream = SHA256Stream()
        Array("a".utf8).withUnsafeBytes { stream.update($0) }
        Array("bc".utf8).withUnsafeBytes { stream.update($0) }
        #expect(stream.finish() == sha256("abc".utf8))
    }

    @Test func hmacGivesThePublishedCode() {
        // RFC 4231, test case 2.
        let code = hmacSHA256(key: "Jefe".utf8, "what do ya want for nothing?".utf8)
        #expect(hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64URLFollowsRFC4648WithoutPadding(_ text: String, _ encoded: String) {
        #expect(base64URL(text.utf8) == encoded)
    }

    @Test func comparisonSeesTheLastByteAndTheLength() {
        #expect(constantTimeEqual("same".utf8, "same".utf8))
        #expect(!constantTimeEqual("same".utf8, "samf".utf8))
        #expect(!constantTimeEqual("same".utf8, "samee".utf8))
    }
}
