// One answer of an interview, so written that nothing typed is lost. Every input is kept on the device at once, sent to the server soon,
// and forgotten on the device only when the server has exactly that text. A text that another tab changed meanwhile is never written
// over: both are shown. static/js/editor.js makes one for each field; each field gets `flush()` and says `answer:saved`.
(function () {
  "use strict";

  const SOON = 400; // ms after the last key
  const LATEST = 900; // ms after the first key that is not yet sent
  const SENT = 20; // texts sent without a reply that are remembered: each attempt while there is no server may send another
  const PATIENCE = 15000; // ms for an answer of the server
  const WAITS = [1000, 2000, 4000, 8000, 15000]; // ms between attempts while there is no server
  const WORDS = {
    saved: "Saved",
    saving: "Saving…",
    offline: "Offline: kept on this device",
    out: "Signed out: kept on this device",
    conflict: "Changed elsewhere",
    refused: "Not saved: kept on this device",
  };
  const REFUSED = "The server did not take this text. Copy it, then reload the page.";
  const plain = (text) => text.replace(/\r\n?/g, "\n");

  // What is kept on the device: one entry per answer and open page, so that no tab writes over another's.
  class Device {
    constructor(prefix) {
      this.prefix = prefix;
      this.page = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`; // this page, as long as it is open
      this.broken = false;
    }

    key(answer) {
      return `${this.prefix}${answer}:${this.page}`;
    }

    put(answer, entry) {
      try {
        localStorage.setItem(this.key(answer), JSON.stringify(entry));
        this.broken = false;
      } catch {
        this.broken = true; // full, or refused by the browser: then only the server keeps it
      }
    }

    drop(key) {
      try {
        localStorage.removeItem(key);
      } catch {
        // There is nothing to forget.
      }
    }

    // Entries of pages that are not open any more.
    left(open) {
      try {
        const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix) && !open.has(key.split(":").pop()));
        return keys.map((key) => this.read(key)).filter(Boolean);
      } catch {
        return [];
      }
    }

    read(key) {
      try {
        return { key, answer: key.split(":").at(-2), ...JSON.parse(localStorage.getItem(key)) };
      } catch {
        return null; // cut off while it was written: the others are not to suffer for it
      }
    }
  }

  function token() {
    const found = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie); // another one after signing in again in another tab
    return found ? found[1] : JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  }

  // `desk`: what the answers share: device, changed(answer, before) after each change of state, saved(answer, text, version).
  class Answer {
    constructor(field, desk) {
      this.field = field;
      this.desk = desk;
      this.id = field.dataset.answer;
      this.box = field.closest("[data-answer-box]");
      this.known = { text: plain(field.defaultValue), version: Number(field.dataset.version) }; // what the server has
      this.sent = []; // texts that the server may have although it never said so
      this.other = null; // the server's text, where it contradicts this one
      this.waiting = []; // texts of closed pages, yet to be brought back
      this.attempts = 0;
      this.look = "saved";
      field.value = this.known.text;
      field.flush = () => this.flush();
      field.addEventListener("input", () => this.typed());
      this.grow();
    }

    get text() {
      return plain(this.field.value);
    }

    get clean() {
      return this.text === this.known.text;
    }

    get settled() {
      return this.clean && !this.sending && !this.sent.length;
    }

    typed() {
      this.keep();
      this.grow();
      if (this.other || this.look === "offline" || this.look === "out") return this.desk.changed(this); // what is due is under way
      if (this.settled) return this.show("saved");
      this.show("saving");
      this.first = this.first || Date.now();
      return this.later(Math.max(0, Math.min(SOON, this.first + LATEST - Date.now())));
    }

    keep() {
      const base = this.other ? null : this.known.version; // what is contradicted stays so when the page is opened again
      if (this.settled && !this.other) this.desk.device.drop(this.desk.device.key(this.id));
      else this.desk.device.put(this.id, { text: this.text, base, sent: base === null ? [] : this.sent });
    }

    later(wait) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send().catch(() => {}), wait);
    }

    // Resolves to the version when the server has exactly the present text; rejects where it cannot have it now.
    async flush() {
      do await this.send();
      while (!this.clean);
      return this.known.version;
    }

    send() {
      clearTimeout(this.timer);
      if (this.other) return Promise.reject(new Error(WORDS.conflict));
      if (this.sending) return this.sending;
      if (this.settled) return Promise.resolve();
      this.sending = this.attempt().then(
        () => this.arrived(),
        (error) => {
          this.sending = null;
          throw error;
        },
      );
      return this.sending;
    }

    arrived() {
      this.sending = null;
      this.attempts = 0;
      this.settle();
    }

    async attempt() {
      const text = this.text;
      this.first = 0;
      this.sent = [...this.sent.filter((one) => one !== text), text].slice(-SENT);
      this.keep();
      const reply = await this.post(text);
      if (reply.status === 200) this.has(text, (await reply.json()).version);
      else if (reply.status === 409) this.meet(await reply.json());
      else await this.refuse(reply, text);
    }

    async post(text) {
      const options = { ...this.request(text), redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
      const reply = await fetch(this.field.dataset.url, options).catch(() => null);
      if (!reply || reply.status >= 500 || reply.status === 429) throw this.retry("offline");
      if (reply.type === "opaqueredirect" || reply.status === 403) throw this.retry("out");
      return reply;
    }

    request(text) {
      return { method: "POST", body: new URLSearchParams({ text, base: this.known.version }), headers: { "X-CSRFToken": token() } };
    }

    retry(look) {
      this.show(look);
      this.later(WAITS[Math.min(this.attempts++, WAITS.length - 1)]);
      return new Error(WORDS[look]);
    }

    async refuse(reply, text) {
      const { error } = await reply.json().catch(() => ({ error: REFUSED }));
      this.sent = this.sent.filter((one) => one !== text);
      this.keep();
      this.show("refused", error);
      if (this.text !== text) this.later(SOON);
      throw new Error(error);
    }

    // The server has this text now.
    has(text, version) {
      this.known = { text, version };
      this.sent = [];
      this.field.dataset.version = version;
      this.desk.saved(this, text, version);
      this.field.dispatchEvent(new CustomEvent("answer:saved", { bubbles: true, detail: { version } }));
    }

    // The server has another text: one that was sent from here and only the reply was lost, or somebody else's.
    meet(other) {
      if (this.sent.includes(other.text) || other.text === this.text) return this.has(other.text, other.version);
      this.contradict(other);
      throw new Error(WORDS.conflict);
    }

    contradict(other) {
      this.other = other;
      this.keep();
      const texts = this.box.querySelector("[data-texts]");
      if (!texts.querySelector(".conflict")) texts.append(document.getElementById("conflict").content.cloneNode(true));
      texts.querySelector("[data-other]").textContent = other.text || "(empty)";
      this.show("conflict");
    }

    // `choice`: mine, other or both.
    decide(choice) {
      this.known = this.other;
      this.other = null;
      this.sent = [];
      this.box.querySelector(".conflict").remove();
      if (choice === "other") this.write(this.known.text);
      if (choice === "both") this.write(`${this.text}\n\n${this.known.text}`);
      this.field.focus();
      this.settle();
    }

    write(text) {
      this.field.value = text;
      this.grow();
    }

    // Text that was saved elsewhere: taken over where nothing is unsaved here; else the next attempt will tell.
    follow(text, version) {
      if (version <= (this.other || this.known).version) return;
      if (this.other) return this.contradict({ text, version });
      if (!this.settled) return;
      this.known = { text, version };
      this.field.dataset.version = version;
      this.write(text);
      this.show("saved");
    }

    // After a text has arrived: what was typed meanwhile is next, then what closed pages left.
    settle() {
      this.keep();
      if (!this.clean) {
        this.show("saving");
        return this.later(0);
      }
      this.show("saved");
      if (this.waiting.length) this.bringBack(this.waiting.shift());
    }

    bringBack(entry) {
      if (!this.settled || this.other) return void this.waiting.push(entry);
      const text = plain(entry.text);
      if (text !== this.known.text) {
        this.sent = (entry.sent || []).map(plain);
        this.write(text);
        this.keep();
        if (entry.base === this.known.version || this.sent.includes(this.known.text)) {
          this.show("saving");
          this.later(0);
        } else this.contradict(this.known);
      }
      this.desk.device.drop(entry.key);
      if (this.settled && this.waiting.length) this.bringBack(this.waiting.shift());
    }

    // The page is being left: what can still be sent is sent; without a reply it stays on the device.
    leave() {
      if (this.clean || this.other) return;
      this.sent.push(this.text);
      this.keep();
      fetch(this.field.dataset.url, { ...this.request(this.text), keepalive: true }).catch(() => {});
    }

    show(look, reason) {
      const before = this.look;
      const state = this.box.querySelector("[data-state]");
      this.look = state.dataset.look = look;
      state.textContent = reason || (look === "saved" && !this.text ? "" : WORDS[look]);
      if (this.desk.device.broken && look !== "saved") state.textContent += ". This browser keeps nothing: leave the page open.";
      this.desk.changed(this, before);
    }

    grow() {
      if (CSS.supports("field-sizing", "content")) return;
      this.field.style.height = "auto";
      this.field.style.height = `${this.field.scrollHeight + 2}px`;
    }
  }

  window.interviewAnswers = { Answer, Device, WORDS };
})();
