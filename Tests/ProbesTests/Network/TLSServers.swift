import Foundation
import ProcessClient
import TestSupport

/// HAProxy with one TLS port for each way in which a certificate can be right or wrong; names: `app.test`.
struct TLSServers: Sendable {
    enum Port: String, CaseIterable, Sendable {
        case good, expired, otherName, selfSigned, expiredIntermediate, soon, oldToo, oldOnly, mutual, plain,
            redirecting
    }

    let folder: String
    private let ports: [Int]

    var authority: String { "\(folder)/root.crt" }

    func port(_ name: Port) -> Int {
        // Sound: every case has its place among all the cases.
        ports[Port.allCases.firstIndex(of: name)!]
    }

    static func run<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TLSServers) async throws -> Value
    ) async throws -> Value {
        try await withScratchDirectory { folder in
            let servers = TLSServers(folder: folder, ports: try freeLoopbackPorts(Port.allCases.count))
            try certificates.write(toFile: "\(folder)/make.sh", atomically: true, encoding: .utf8)
            let make = Command("sh", ["make.sh"], workingDirectory: folder)
            try await runCommand(make, timeout: .seconds(60)).checked(make)
            try servers.configuration.write(toFile: "\(folder)/haproxy.cfg", atomically: true, encoding: .utf8)
            return try await withProgram(
                "haproxy", ["-db", "-f", "\(folder)/haproxy.cfg"], name: "haproxy", in: folder,
                port: servers.port(.good)
            ) { try await body(servers) }
        }
    }

    private var configuration: String {
        let old = "ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0"
        let binds: [(Port, String)] = [
            (.good, "ssl crt good.pem ssl-min-ver TLSv1.2 alpn h2,http/1.1"), (.expired, "ssl crt expired.pem"),
            (.otherName, "ssl crt other.pem"), (.selfSigned, "ssl crt selfsigned.pem"),
            (.expiredIntermediate, "ssl crt expiredintermediate.pem"), (.soon, "ssl crt soon.pem"),
            (.oldToo, "ssl crt good.pem \(old)"), (.oldOnly, "ssl crt good.pem \(old) ssl-max-ver TLSv1.1"),
            (.mutual, "ssl crt good.pem ca-file root.crt verify required"), (.plain, ""),
        ]
        let frontend = binds.map { "    bind 127.0.0.1:\(port($0.0)) \($0.1)" }.joined(separator: "\n")
        return """
            global
                default-path config
            defaults
                mode http
                timeout client 5s
                timeout server 5s
                timeout connect 5s
            frontend all
            \(frontend)
                http-request return status 200 content-type text/plain string hello
            frontend redirecting
                bind 127.0.0.1:\(port(.redirecting))
                http-request redirect scheme https code 301

            """
    }
}

/// Certificates with chosen dates, which only `openssl ca` can make.
private let certificates = """
    set -eu
    touch index.txt
    printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nnew_certs_dir=.\\npolicy=p\\nunique_subject=no\\nrand_serial=yes\\n[p]\\ncommonName=supplied\\n' > ca.cnf
    later=$(date -u -d '+400 days' +%Y%m%d%H%M%SZ)
    soon=$(date -u -d '+10 days' +%Y%m%d%H%M%SZ)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.crt -days 3650 \
        -subj /CN=root 2>/dev/null
    # make NAME SUBJECT ISSUER EXTENSIONS START END
    make() {
        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.csr -subj /CN=$2 2>/dev/null
        printf "$4" > $1.ext
        openssl ca -batch -notext -config ca.cnf -md sha256 -in $1.csr -out $1.crt -cert $3.crt -keyfile $3.key \
            -extfile $1.ext -startdate $5 -enddate $6 2>/dev/null
    }
    name='subjectAltName=DNS:app.test,DNS:*.apps.test,IP:127.0.0.1'
    authority='basicConstraints=critical,CA:TRUE'
    past=20200101000000Z
    make intermediate intermediate root "$authority" $past $later
    make staleintermediate staleintermediate root "$authority" $past 20210101000000Z
    make good app.test intermediate "$name" $past $later
    make expired app.test intermediate "$name" $past 20210102030405Z
    make soon app.test intermediate "$name" $past $soon
    make other other.test intermediate 'subjectAltName=DNS:other.test' $past $later
    make expiredintermediate app.test staleintermediate "$name" $past $later
    make client client root 'extendedKeyUsage=clientAuth' $past $later
    for each in good expired soon other; do cat $each.key $each.crt intermediate.crt > $each.pem; done
    cat expiredintermediate.key expiredintermediate.crt staleintermediate.crt > expiredintermediate.pem
    cat client.key client.crt > client.pem
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout selfsigned.key -out selfsigned.crt \
        -days 400 -subj /CN=app.test -addext "$name" 2>/dev/null
    cat selfsigned.key selfsigned.crt > selfsigned.pem
    """
