/// A program to run to its end. Secrets belong in `input` or `environment`, never in `arguments`: any user can read those.
package struct Command: Sendable {
    /// A path, or a name that is looked up in PATH.
    package var executable: String
    package var arguments: [String]
    /// The whole environment; nil inherits ours.
    package var environment: [String: String]?
    package var workingDirectory: String?
    /// Standard input; nil is `/dev/null`.
    package var input: [UInt8]?

    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        workingDirectory: String? = nil, input: [UInt8]? = nil
    ) {
        (self.executable, self.arguments, self.environment) = (executable, arguments, environment)
        (self.workingDirectory, self.input) = (workingDirectory, input)
    }

    /// The command line as one would type it, for diagnostics.
    package var line: String { ([executable] + arguments).map(shellQuoted).joined(separator: " ") }
}

/// What a finished program left behind.
package struct CommandResult: Sendable {
    /// Exit code; 128 + signal when it was killed.
    package let status: Int32
    package let output: String
    package let errors: String

    package init(status: Int32, output: String, errors: String) {
        (self.status, self.output, self.errors) = (status, output, errors)
    }

    /// Turns any status but 0 into `ProcessError.failed`.
    @discardableResult
    package func checked(_ command: Command) throws -> CommandResult {
        guard status == 0 else {
            throw ProcessError.failed(
                command: command.line, status: status, evidence: lastLines(errors.isEmpty ? output : errors))
        }
        return self
    }
}

/// `text` as one word of a POSIX shell.
package func shellQuoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./=:,@%+".utf8.contains(byte)
        }
    }
    if plain, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}

/// The end of a program's story: its last non-empty lines, at most `count`.
package func lastLines(_ text: String, _ count: Int = 5) -> String {
    text.split(whereSeparator: \.isNewline).suffix(count).joined(separator: "\n")
}
