import HAProxyClient
import OpsModel

extension HAProxyProcess {
    /// Smoke traffic has backends of its own, so that it never enters the counters by which a release is judged; their health is
    /// that of the slot. Requests that may have had an effect are never sent twice. Nothing buffers a request body. A candidate that
    /// is down gets no share, without anybody's doing.
    var configuration: String {
        """
        global
            stats socket \(socket) mode 600 level admin expose-fd listeners
            stats timeout 30s
            maxconn 4000
            nbthread 2
            hard-stop-after 60s
        \(options.logTarget.map { "    log \($0)" } ?? "    # no log target")

        defaults
            mode http
        \(options.logTarget == nil ? "    # no log" : "    log global\n    option httplog\n    option dontlog-normal")
            timeout connect 1s
            timeout check 2s
            timeout queue 5s
            timeout http-request 15s
            timeout http-keep-alive 30s
            timeout client 120s
            timeout server 120s
            timeout tunnel 1h
            option idle-close-on-response
            option redispatch 1
            retries 3
            retry-on conn-failure empty-response
            default-server inter 250ms fastinter 100ms downinter 250ms fall 2 rise 1

        frontend fe
            bind 127.0.0.1:\(options.frontendPort)
        \(latencyLog)
            http-request disable-l7-retry if { method POST PUT PATCH DELETE }
            acl preview_blue req.hdr(x-opsctl-preview) -m str \(options.previewToken.reveal())-blue
            acl preview_green req.hdr(x-opsctl-preview) -m str \(options.previewToken.reveal())-green
            http-request set-var(txn.preview) str(blue) if preview_blue
            http-request set-var(txn.preview) str(green) if preview_green
            http-request del-header x-opsctl-preview
            http-request set-header X-Forwarded-For %[src]
            http-request set-header X-Forwarded-Proto http
            http-request set-var(txn.color) str(\(options.app).color),map_str(\(map),blue)
            http-request set-var(txn.candidate) str(\(options.app).candidate),map_str(\(map),none)
            http-request set-var(txn.weight) str(\(options.app).weight),map_str(\(map),0),add(0)
            http-request set-var(txn.isCanary) bool(true) if { rand(10000),sub(txn.weight) lt 0 }
            http-request set-var(txn.color) str(blue) if { var(txn.isCanary) -m bool } { var(txn.candidate) -m str blue } { nbsrv(be_blue) gt 0 }
            http-request set-var(txn.color) str(green) if { var(txn.isCanary) -m bool } { var(txn.candidate) -m str green } { nbsrv(be_green) gt 0 }
            use_backend be_blue_preview if { var(txn.preview) -m str blue }
            use_backend be_green_preview if { var(txn.preview) -m str green }
            use_backend be_green if { var(txn.color) -m str green }
            default_backend be_blue

        \(Slot.allCases.map(backends).joined(separator: "\n"))
        """
    }

    /// The frontend's own log in place of the global one: every request, in the format that opsctl reads.
    private var latencyLog: String {
        guard let socket = options.latencyLog else { return "    # no latency log" }
        return """
                log \(HAProxyLogLine.target(socket: socket))
                log-format "\(HAProxyLogLine.format)"
                no option dontlog-normal
            """
    }

    private func backends(of slot: Slot) -> String {
        let name = slot.rawValue
        let server = "server \(name) 127.0.0.1:\(options.port(of: slot))"
        return """
            backend be_\(name)
                option httpchk
                http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host 127.0.0.1
                http-check expect status 200
                http-response set-header X-Opsctl-Slot \(name)
                \(server) check

            backend be_\(name)_preview
                http-response set-header X-Opsctl-Slot \(name)
                \(server) track be_\(name)/\(name)

            """
    }
}
