import Foundation
import ProcessClient
import TestSupport
import Testing

/// `smoke run` of the built opsctl against a server of files.
@Suite struct SmokeCommandTests {
    private func withServer(_ smoke: String, _ body: (_ project: String, _ url: String) async throws -> Void)
        async throws
    {
        try await Program.withProject("version: 1\nprotection: ephemeral\n\(smoke)") { project async throws in
            try FileManager.default.createDirectory(atPath: "\(project)/site", withIntermediateDirectories: true)
            try #"{"status": "ready", "token": "t0ken-of-the-test"}"#.write(
                toFile: "\(project)/site/state.json", atomically: true, encoding: .utf8)
            let port = try freeLoopbackPorts(1)[0]
            try await withProgram(
                "python3", ["-m", "http.server", "\(port)", "--bind", "127.0.0.1", "-d", "\(project)/site"],
                name: "site", in: project, port: port
            ) { try await body(project, "http://127.0.0.1:\(port)") }
        }
    }

    private static let suites = """
        smoke:
          suites: [environments/smoke/first.yaml, environments/smoke/second.yaml]
        """

    private func writeSuites(_ project: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(project)/environments/smoke", withIntermediateDirectories: true)
        try """
        version: 1
        steps:
          - name: the state is served
            request: {path: /state.json}
            expect: {headers: {content-type: json}, json: {/status: {one_of: [ready, idle]}, /error: {exists: false}}}
            capture: {status: /status, server: "header:server"}
          - name: mail arrives
            request: {path: /mail}
            skip: no mailbox here
        cleanup:
          - name: the upload is removed
            request: {path: "/state.json?${capture:status}"}
        """.write(toFile: "\(project)/environments/smoke/first.yaml", atomically: true, encoding: .utf8)
        try """
        version: 1
        name: uploads
        deadline: 20s
        steps:
          - name: an upload is taken
            request:
              method: POST
              path: /
              form: [{name: file, file: environments/test.yaml, content_type: text/plain}, {name: preset, value: small}]
        """.write(toFile: "\(project)/environments/smoke/second.yaml", atomically: true, encoding: .utf8)
    }

    @Test func suitesInFilesAreRunAndEachHasItsVerdict() async throws {
        try await withServer(Self.suites) { project, url async throws in
            try writeSuites(project)
            let text = try await Program.opsctl("smoke", "run", "--url", url, in: project)
            #expect(text.status == 1)
            #expect(text.output.contains("skipped  0 ms"))
            #expect(text.output.contains("cleanup: first: the upload is removed"))
            #expect(text.output.contains("fail: 2 of 3 steps against \(url), 1 skipped"), "\(text.output)")
            let one = try await Program.opsctl("smoke", "run", "--url", url, "--suite", "first", in: project)
            #expect(one.status == 0, "\(one.output)")
            let junit = try await Program.opsctl("smoke", "run", "--url", url, "--format", "junit", in: project)
            #expect(junit.output.contains("<testsuite name=\"uploads\" tests=\"1\" failures=\"1\""))
            #expect(junit.output.contains("<skipped message=\"no mailbox here\"/>"))
            let json = try await Program.opsctl("smoke", "run", "--url", url, "--format", "json", in: project)
            #expect(
                json.output.contains(
                    #""suites":[{"name":"first","verdict":"pass"},{"name":"uploads","verdict":"fail"}]"#))
        }
    }

    @Test func aSuiteThatIsNotThereIsASlip() async throws {
        try await withServer(Self.suites) { project, url async throws in
            try writeSuites(project)
            let result = try await Program.opsctl("smoke", "run", "--url", url, "--suite", "upload", in: project)
            #expect(result.status == 78)
            #expect(result.errors.contains("did you mean uploads?"))
        }
    }

    @Test func whatAReferenceGaveIsNotPrinted() async throws {
        let smoke = """
            smoke:
              - name: the token is another
                request: {path: /state.json, headers: {x-plain: "Token ${env:TOKEN}"}}
                expect: {json: {/token: something else}}
            """
        try await withServer(smoke) { project, url async throws in
            let result = try await Program.opsctl(
                "smoke", "run", "--url", url, in: project, environment: ["TOKEN": "t0ken-of-the-test"])
            #expect(result.status == 1)
            #expect(result.output.contains("/token is ***, expected something else"), "\(result.output)")
        }
    }

    @Test(arguments: [
        ("smoke: {deadline: 1s}", "there is nothing to run"),
        ("smoke: {suites: [a.yaml], cleanup: [{name: a, request: {path: /}}]}", "it belongs to `steps`"),
        ("smoke: {suites: [a.yaml]}", "no such file"),
        ("smoke: [{name: a, request: {path: /}, capture: {x: id}}]", "says not where the value stands"),
        ("smoke: [{name: a, request: {path: /}, capture: {x: 'body:('}}]", "is no regular expression"),
        ("smoke: [{name: a, request: {path: /, body: x, file: y}}]", "body and file exclude each other"),
        ("smoke: [{name: a, request: {path: /, form: [{name: a}]}}]", "none of value, file is there"),
        (
            "smoke: [{name: a, request: {path: /}, sse: {until: {event: x}}, expect: {body_contains: y}}]",
            "judges a whole body"
        ),
        ("smoke: [{name: a, request: {path: /}, expect: {json: {/a: {equal: x}}}}]", "did you mean `equals`?"),
        ("smoke: [{name: a, request: {path: /}, expect: {json: {/a: {}}}}]", "nothing is asked for"),
        ("smoke: []", "the list is empty"), ("smoke: steps", "expected a list or a mapping"),
    ])
    func mistakesAreErrorsAtTheirPlace(_ smoke: String, _ words: String) async throws {
        try await Program.withProject("version: 1\nprotection: ephemeral\n\(smoke)\n") { project async throws in
            let result = try await Program.opsctl("smoke", "run", "--url", "http://127.0.0.1:1", in: project)
            #expect(result.status == 78, "\(result.output)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test func theFormOfASuiteFileIsPublished() async throws {
        let result = try await Program.opsctl("schema", "--of", "smoke-suite")
        #expect(result.status == 0)
        #expect(result.output.contains("\"cleanup\""))
    }

    private static let sample = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../environments/smoke/sample.pdf"
    ).standardizedFileURL.path

    /// The bundled app with a database and a bucket of its own.
    private func withAppServer(
        _ project: String, _ name: String, maxUpload: String = "1000000", _ body: (_ url: String) async throws -> Void
    ) async throws {
        let port = try freeLoopbackPorts(1)[0]
        let folder = "\(project)/\(name)"
        for each in ["bucket", "spool"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(each)", withIntermediateDirectories: true)
        }
        let variables = [
            "APP_ENVIRONMENT=local", "APP_LISTEN=127.0.0.1:\(port)", "APP_DATABASE_URL=sqlite://\(folder)/app.db",
            "APP_BUCKET_URL=file://\(folder)/bucket", "APP_SPOOL_DIR=\(folder)/spool", "APP_MIGRATE_ON_START=true",
            "APP_SIGNING_KEY=\(String(repeating: "5a", count: 32))", "APP_MAX_UPLOAD_BYTES=\(maxUpload)",
        ]
        try await withProgram(
            "/usr/bin/env", variables + ["\(try Program.folder)/appserver", "serve"], name: "appserver", in: folder,
            port: port
        ) { try await body("http://127.0.0.1:\(port)") }
    }

    /// A form with a file, a stream that ends with the job, and the result behind a signed link.
    @Test func theBundledAppIsSmokedThroughItsStream() async throws {
        let smoke = """
            smoke:
              - name: a PDF is accepted
                request:
                  method: POST
                  path: /api/v1/pdf/compress
                  form: [{name: file, file: "\(Self.sample)", content_type: application/pdf}, {name: preset, value: small}]
                expect: {status: [202], headers: {location: {matches: "/api/v1/jobs/"}}}
                capture: {job: /id}
              - name: its stream tells of the end
                request: {path: "/api/v1/jobs/${capture:job}/events"}
                sse: {until: {event: completed, json: {/output_bytes: {at_least: 100}}}, within: 30s}
                capture: {download: /links/download}
              - name: the result is a smaller PDF
                request: {path: "${capture:download}"}
                expect: {body_begins: "%PDF-", smaller_than: "\(Self.sample)", headers: {content-type: application/pdf}}
            """
        try await Program.withProject("version: 1\nprotection: ephemeral\n\(smoke)") { project async throws in
            try await withAppServer(project, "one") { url in
                let result = try await Program.opsctl("smoke", "run", "--url", url, in: project)
                #expect(result.status == 0, "\(result.output)")
                #expect(result.output.contains("event `completed`; saw "), "\(result.output)")
            }
        }
    }

    /// A lower limit of uploads stands for a release that refuses what the live one takes.
    @Test(arguments: [
        ("1000000", Int32(0), "pass  content"),
        ("100000", Int32(1), "the candidate alone failed 7 times: upload: status 413"),
    ])
    func twoReleasesAreComparedByWhatTheyMakeOfTheSameFile(
        _ maxUpload: String, _ status: Int32, _ words: String
    ) async throws {
        let golden = """
            deploy:
              slots: {blue: {port: 1}, green: {port: 2}}
              router: {haproxy: {socket: s, map: m, url: "http://127.0.0.1", preview_token: t}}
              golden:
                rounds: 7
                time_ratio: 100
                requests:
                  - name: sample.pdf
                    result: pdf
                    steps:
                      - name: upload
                        request: {method: POST, path: "/api/v1/pdf/compress", file: "\(Self.sample)"}
                        expect: {status: [202]}
                        capture: {job: /id}
                      - name: wait
                        request: {path: "/api/v1/jobs/${capture:job}/events"}
                        sse: {until: {event: completed}}
                        capture: {download: /links/download}
                      - name: result
                        request: {path: "${capture:download}"}
            """
        try await Program.withProject("version: 1\nprotection: ephemeral\n\(golden)") { project async throws in
            try await withAppServer(project, "baseline") { baseline in
                try await withAppServer(project, "candidate", maxUpload: maxUpload) { candidate in
                    let result = try await Program.opsctl(
                        "smoke", "compare", "--candidate", candidate, "--baseline", baseline, in: project)
                    #expect(result.status == status, "\(result.output)\(result.errors)")
                    #expect(result.output.contains(words), "\(result.output)")
                }
            }
        }
    }
}
