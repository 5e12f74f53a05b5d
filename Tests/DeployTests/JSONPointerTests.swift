import Testing

@testable import Deploy

@Suite struct JSONPointerTests {
    private let document = Array(
        #"{"a": {"b/c": [1, true, null, "x"], "m~n": 2.5}, "": "empty", "big": 12345678901}"#.utf8)

    @Test(arguments: [
        ("/a/b~1c/0", "1"), ("/a/b~1c/1", "true"), ("/a/b~1c/2", "null"), ("/a/b~1c/3", "x"), ("/a/m~0n", "2.5"),
        ("/", "empty"),
        ("/big", "12345678901"),
    ])
    func findsWhatStandsThere(_ pointer: String, _ text: String) throws {
        #expect(try JSONPointer.text(at: pointer, in: document) == text)
    }

    @Test(arguments: ["/b", "/a/b~1c/9", "/a/b~1c/x", "/a/b~1c/3/y"]) func nothingIsNil(_ pointer: String) throws {
        #expect(try JSONPointer.text(at: pointer, in: document) == nil)
    }

    @Test func aBodyThatIsNoJSONIsAnErrorAndNotNothing() {
        #expect(throws: JSONPointer.Unreadable(why: "the body is not JSON")) {
            try JSONPointer.text(at: "/a", in: Array("<html>".utf8))
        }
    }
}
