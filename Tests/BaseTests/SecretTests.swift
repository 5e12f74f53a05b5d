import OpsModel
import Testing

@Suite struct SecretTests {
    @Test func noTextualFormOfASecretShowsItsValue() {
        let secret = Secret("hunter2-hunter2")
        let forms = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(["key": secret])",
        ]
        for form in forms { #expect(!form.contains("hunter2")) }
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test func secretsCannotBeEncoded() {
        #expect(!((Secret("x") as Any) is any Encodable))
    }
}
