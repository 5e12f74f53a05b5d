extension WebPage {
    static let script = #"""
        "use strict";

        const $ = (id) => document.getElementById(id);
        const list = $("list");
        const atOnce = 3;
        const limit = Number($("form").dataset.limit);
        const waiting = [];
        let uploading = 0;

        const reasons = {
          signed: "Left as it is: it carries a digital signature, which any change would break.",
          password_required: "Left as it is: it is protected by a password.",
          usage_rights: "Left as it is: its usage rights would be lost by any change.",
          no_gain: "Left as it is: it is already as small as we can make it."
        };

        const stages = {
          reading: "Reading the file", pages: "Looking at pages", images: "Compressing images",
          streams: "Compressing streams", writing: "Writing the result"
        };

        function bytes(count) {
          if (count < 1000) return count + " B";
          const units = ["kB", "MB", "GB"];
          let unit = -1;
          while (count >= 999.5 && unit < units.length - 1) { count /= 1000; unit += 1; }
          return count.toLocaleString(undefined, { maximumSignificantDigits: 3 }) + " " + units[unit];
        }

        function family(file) {
          return file.type.startsWith("image/") || /\.(jpe?g|png)$/i.test(file.name) ? "image" : "pdf";
        }

        class Row {
          constructor(file) {
            this.file = file;
            this.preset = document.querySelector("input[name=preset]:checked").value;
            this.element = $("row").content.firstElementChild.cloneNode(true);
            this.find(".name").textContent = file.name;
            this.find(".sizes").textContent = bytes(file.size);
            this.find("progress").setAttribute("aria-label", "Progress of " + file.name);
            this.find(".cancel").addEventListener("click", () => this.cancel());
            this.find(".retry").addEventListener("click", () => this.restart());
            this.find("a").addEventListener("click", (event) => this.download(event));
            for (const name of [".cancel", ".retry"]) {
              this.find(name).setAttribute("aria-label", this.find(name).textContent + ": " + file.name);
            }
            list.prepend(this.element);
            this.say("Waiting for its turn");
            this.advance(0);
          }

          find(selector) { return this.element.querySelector(selector); }
          show(text) { this.find(".state").textContent = text; }
          say(text) { this.text = text; this.show(text); }

          // Without a value the bar shows that work goes on, but not how far.
          advance(value) {
            const bar = this.find("progress");
            if (value === undefined) bar.removeAttribute("value"); else bar.value = value;
          }

          upload(done) {
            const request = new XMLHttpRequest();
            const form = new FormData();
            form.append("preset", this.preset);
            form.append("file", this.file, this.file.name);
            this.request = request;
            this.say("Uploading");
            let left = false;
            const leave = () => { if (!left) { left = true; done(); } };
            request.upload.onprogress = (event) => {
              if (!event.lengthComputable) return;
              this.advance(100 * event.loaded / event.total);
              this.say("Uploading, " + bytes(event.loaded) + " of " + bytes(event.total));
            };
            request.upload.onload = () => { this.advance(); this.say("Checking the file"); };
            request.onload = () => {
              leave();
              if (request.status === 202) this.follow(request.response); else this.refused(request);
            };
            request.onerror = () => { leave(); this.fail("The connection was lost during the upload."); };
            request.onabort = leave;
            request.open("POST", "/api/v1/" + family(this.file) + "/compress");
            request.responseType = "json";
            request.send(form);
          }

          refused(request) {
            const problem = request.response;
            const wait = Number(request.getResponseHeader("Retry-After"));
            if (problem && problem.title) {
              this.fail(problem.title + ". " + (problem.detail || ""), problem.status >= 500 || wait > 0);
            } else {
              this.fail("The server answered " + request.status + ".", true);
            }
          }

          follow(job) {
            this.job = job;
            this.say("Queued");
            this.listen();
          }

          listen() {
            const events = new EventSource(this.job.links.events);
            this.events = events;
            const on = (name, show) => events.addEventListener(name, (event) => show(JSON.parse(event.data)));
            on("queued", (job) => this.say(job.attempts > 0 ? "Queued for another try" : "Queued"));
            on("processing", (job) => this.working(job));
            on("completed", (job) => { events.close(); this.finish(job); });
            on("failed", (job) => { events.close(); this.failed(job); });
            events.onopen = () => this.show(this.text);
            // The browser reconnects by itself, but gives up when the server refuses: it may only be busy.
            events.onerror = () => {
              this.show("Reconnecting");
              if (events.readyState === EventSource.CLOSED) this.look();
            };
          }

          // The job as the server has it now: null when it is gone, undefined when the server does not tell.
          async ask() {
            try {
              const response = await fetch(this.job.links.self, { cache: "no-store" });
              return response.ok ? await response.json() : response.status === 404 ? null : undefined;
            } catch {
              return undefined;
            }
          }

          async look() {
            const job = await this.ask();
            if (this.isGone) return;
            if (job === null) this.fail("The server no longer knows this job.", true);
            else if (job && job.status === "completed") this.finish(job);
            else if (job && job.status === "failed") this.failed(job);
            else setTimeout(() => { if (!this.isGone) this.listen(); }, 3000);
          }

          // Links expire: the one that is followed is always a fresh one.
          async download(event) {
            event.preventDefault();
            const job = await this.ask();
            if (job && job.links.download) {
              const link = this.find("a").cloneNode();
              link.href = job.links.download;
              link.click();
            } else if (job === undefined) {
              this.say("The server does not answer. Try again in a moment.");
            } else {
              this.find("a").hidden = true;
              this.fail("The server has deleted the result.", true);
            }
          }

          working(job) {
            const progress = job.progress;
            if (!progress) { this.advance(); return this.say("Compressing"); }
            this.advance(progress.total > 1 ? 100 * progress.done / progress.total : undefined);
            const count = progress.total > 1 ? ", " + progress.done + " of " + progress.total : "";
            this.say((stages[progress.stage] || "Compressing") + count);
          }

          finish(job) {
            this.end("done");
            const link = this.find("a");
            link.href = job.links.download;
            link.download = this.file.name.replace(/(\.[^.]*)?$/, "-compressed$1");
            link.hidden = false;
            link.setAttribute("aria-label", "Download " + this.file.name);
            const sizes = this.find(".sizes");
            if (job.outcome === "compressed") {
              sizes.textContent = bytes(job.input_bytes) + " \u2192 " + bytes(job.output_bytes);
              const saved = document.createElement("b");
              saved.textContent = "\u2212" + job.saved_percent.toLocaleString() + " %";
              sizes.append(saved);
              this.say("Done, " + bytes(job.input_bytes - job.output_bytes) + " saved");
            } else {
              this.say(reasons[job.reason] || "Left as it is.");
            }
            announce(this.file.name + ": " + this.find(".state").textContent);
          }

          failed(job) {
            this.fail(job.error ? job.error.message + " (" + job.error.code + ")" : "It could not be compressed.");
          }

          fail(text, canRetry) {
            this.element.classList.remove("done");
            this.end("failed");
            this.say(text);
            this.find(".retry").hidden = !canRetry;
            announce(this.file.name + ": " + text);
          }

          end(state) {
            this.element.classList.add(state);
            this.find("progress").hidden = true;
            this.find(".cancel").hidden = true;
          }

          restart() {
            this.element.classList.remove("failed", "done");
            this.find("progress").hidden = false;
            this.find(".cancel").hidden = false;
            this.find(".retry").hidden = true;
            this.advance(0);
            enqueue(this);
          }

          cancel() {
            const index = waiting.indexOf(this);
            if (index >= 0) waiting.splice(index, 1);
            if (this.request) this.request.abort();
            if (this.events) this.events.close();
            this.isGone = true;
            this.element.remove();
            $("empty").hidden = list.children.length > 0;
            $("files").focus();
          }
        }

        function announce(text) { $("announce").textContent = text; }

        function enqueue(row) {
          row.say("Waiting for its turn");
          waiting.push(row);
          next();
        }

        function next() {
          while (uploading < atOnce && waiting.length > 0) {
            uploading += 1;
            waiting.shift().upload(() => { uploading -= 1; next(); });
          }
        }

        function take(files) {
          for (const file of files) {
            const row = new Row(file);
            if (limit > 0 && file.size > limit) row.fail("The file is too large: at most " + bytes(limit) + " are accepted.");
            else enqueue(row);
          }
          $("empty").hidden = list.children.length > 0;
        }

        $("form").addEventListener("submit", (event) => event.preventDefault());
        $("files").addEventListener("change", (event) => {
          take(event.target.files);
          event.target.value = "";
        });

        const drop = $("drop");
        let depth = 0;
        // The whole window takes files: one that misses the field must not replace the page.
        addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; drop.classList.add("over"); });
        addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) { depth = 0; drop.classList.remove("over"); } });
        addEventListener("dragover", (event) => event.preventDefault());
        addEventListener("drop", (event) => {
          event.preventDefault();
          depth = 0;
          drop.classList.remove("over");
          take(event.dataTransfer.files);
        });
        """#
}
