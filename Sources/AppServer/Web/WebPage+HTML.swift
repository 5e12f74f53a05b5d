extension WebPage {
    /// The page; it refuses larger files before it sends them.
    static func html(maximumUploadBytes: Int) -> String {
        html.replacing("LIMIT", with: String(maximumUploadBytes))
    }

    private static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Compress PDFs and images</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/app.css">
        <script src="/app.js" defer></script>
        </head>
        <body>
        <main>
        <header>
        <h1>Make files smaller</h1>
        <p>PDF, JPEG and PNG. Text stays text, pages stay as they are, and no file ever comes back larger.</p>
        </header>
        <form id="form" data-limit="LIMIT">
        <div id="drop">
        <svg aria-hidden="true" viewBox="0 0 24 24"><path d="M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3"/></svg>
        <label for="files" class="button">Choose files</label>
        <input id="files" type="file" multiple accept=".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png">
        <p>or drop them here</p>
        </div>
        <fieldset>
        <legend>How far may it go?</legend>
        <label><input type="radio" name="preset" value="lossless"><span><b>Lossless</b> every pixel stays</span></label>
        <label><input type="radio" name="preset" value="balanced" checked><span><b>Balanced</b> screen and office print</span></label>
        <label><input type="radio" name="preset" value="small"><span><b>Small</b> screen only</span></label>
        </fieldset>
        </form>
        <noscript><p class="note">This page needs JavaScript. The API works without:
        <code>curl -F file=@report.pdf /api/v1/pdf/compress</code></p></noscript>
        <section aria-labelledby="list-title">
        <h2 id="list-title">Your files</h2>
        <p id="empty">Nothing yet.</p>
        <ul id="list"></ul>
        <p id="announce" class="quiet" role="status" aria-live="polite"></p>
        </section>
        </main>
        <template id="row">
        <li>
        <div class="head"><span class="name"></span><span class="sizes"></span></div>
        <progress max="100"></progress>
        <div class="foot"><span class="state"></span><span class="actions"><a class="button small" hidden>Download</a><button type="button" class="link retry" hidden>Try again</button><button type="button" class="link cancel">Cancel</button></span></div>
        </li>
        </template>
        </body>
        </html>
        """

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2456d6"/>\
        <path d="M16 6v7m0 0-4-4m4 4 4-4M16 26v-7m0 0-4 4m4-4 4 4M7 16h18" fill="none" stroke="#fff" stroke-width="2.4" \
        stroke-linecap="round" stroke-linejoin="round"/></svg>
        """
}
