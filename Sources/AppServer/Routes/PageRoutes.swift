import HTTPTypes
import Hummingbird
import NIOCore

/// The page at `/` and its two assets; nothing comes from anywhere else.
struct PageRoutes {
    let maximumUploadBytes: Int

    func add(to router: some RouterMethods<AppContext>) {
        router.get("/") { _, _ in
            asset(WebPage.html(maximumUploadBytes: maximumUploadBytes), "text/html; charset=utf-8")
        }
        router.get("/app.css") { _, _ in asset(WebPage.css, "text/css; charset=utf-8") }
        router.get("/app.js") { _, _ in asset(WebPage.script, "text/javascript; charset=utf-8") }
        router.get("/icon.svg") { _, _ in asset(WebPage.icon, "image/svg+xml") }
    }

    private func asset(_ text: String, _ type: String) -> Response {
        let policy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        return Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "no-cache", .contentSecurityPolicy: policy,
                .referrerPolicy: "no-referrer", .frameOptions: "DENY", .crossOriginOpenerPolicy: "same-origin",
                .permissionsPolicy: "camera=(), geolocation=(), microphone=()",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// The page's files, compiled into the program.
enum WebPage {}
