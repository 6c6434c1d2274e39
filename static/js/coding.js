// Gives a selected stretch of an answer its meaning. The words are selected in a field that is being written in, or in a text that is
// only read; offsets are counted in characters (code points), as the server counts them.
(function () {
  "use strict";

  const panel = document.getElementById("coding");
  if (!panel) return;
  const form = panel.querySelector("form");
  const part = (name) => panel.querySelector(`[data-code-${name}]`);
  const said = document.querySelector("[data-code-said]");

  function token() {
    const found = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie); // another one after signing in again in another tab
    return found ? found[1] : JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  }

  const UNREACHED = "The server could not be reached. Try again; nothing is lost.";
  const length = (text) => Array.from(text).length;
  let target = null; // what the panel is open for: {url, answer, start, end, back}
  let asked = 0;

  // The selection, kept while it lasts: pressing a button may clear it.
  let kept = null;

  function selected() {
    const field = document.activeElement;
    if (field && field.matches("textarea[data-answer]")) {
      const { selectionStart: start, selectionEnd: end, value } = field;
      if (value.slice(start, end).trim() === "") return null;
      return { answer: field.dataset.answer, start: length(value.slice(0, start)), end: length(value.slice(0, end)), words: value.slice(start, end) };
    }
    const range = window.getSelection().rangeCount ? window.getSelection().getRangeAt(0) : null;
    const box = range && elementOf(range.commonAncestorContainer).closest("[data-answer-text]");
    if (!box || range.toString().trim() === "") return null;
    const before = document.createRange();
    before.setStart(box, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = length(before.toString());
    return { answer: box.dataset.answerText, start, end: start + length(range.toString()), words: range.toString() };
  }

  function elementOf(node) {
    return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  }

  function remember() {
    const now = selected();
    if (now) kept = now;
    else if (document.activeElement && document.activeElement.matches("textarea[data-answer]")) kept = null;
    for (const button of document.querySelectorAll("[data-code]")) {
      button.setAttribute("aria-disabled", String(!kept || kept.answer !== button.dataset.code));
    }
  }

  // An answer is coded as the server has it: what is not saved yet is saved first.
  async function saved(answer) {
    const field = document.querySelector(`textarea[data-answer="${answer}"]`);
    if (!field || !field.flush) return;
    try {
      await field.flush();
    } catch (error) {
      throw new Unsaved(`The answer is not saved yet (${error.message}). Save the excerpt once it is.`);
    }
  }

  class Unsaved extends Error {}

  // Excerpts follow the text that is written; those that have lost their words can be brought back.
  async function renew(answer) {
    const place = document.querySelector(`[data-excerpts="${answer}"]`);
    const shown = Array.from(place.querySelectorAll("[data-excerpt]"), (item) => item.dataset.excerpt);
    if (!shown.length || panel.open) return;
    const reply = await fetch(`${place.dataset.list}?had=${shown}`, { redirect: "manual" }).catch(() => null);
    if (reply && reply.ok) show(answer, await reply.text());
  }

  async function post(url, data) {
    const answer = await fetch(url, { method: "POST", body: data, headers: { "X-CSRFToken": token() } });
    if (answer.ok && !answer.redirected) return answer;
    const reasons = answer.status === 422 ? (await answer.json()).errors : ["That was not saved. You may have been signed out: reload the page."];
    throw new Refusal(reasons);
  }

  class Refusal extends Error {
    constructor(reasons) {
      super(reasons.join(" "));
      this.reasons = reasons;
    }
  }

  function open(what, fields) {
    target = { ...what, back: document.activeElement };
    form.reset();
    part("errors").hidden = true;
    part("suggestions").hidden = true;
    part("words").textContent = what.words;
    form.elements.offered.value = "";
    for (const [name, value] of Object.entries(fields || {})) {
      const field = form.elements[name];
      if (!field) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
    part("because").open = ["cause_theme", "cause_department", "cause_kpi"].some((name) => form.elements[name].value !== "");
    define();
    panel.showModal();
    form.elements.theme.focus();
    if (!fields) suggest(what.words);
  }

  async function suggest(words) {
    const turn = ++asked;
    const data = new FormData();
    data.set("text", words);
    try {
      const { themes } = await (await post(panel.dataset.suggest, data)).json();
      if (turn !== asked || !panel.open || !themes.length) return;
      form.elements.offered.value = themes.map((theme) => theme.id).join(",");
      part("offered").replaceChildren(...themes.map(choice));
      part("suggestions").hidden = false;
      if (form.elements.theme.value === "") part("offered").querySelector("button").focus();
    } catch {
      // Without suggestions every theme can still be typed.
    }
  }

  function choice(theme) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-secondary";
    button.textContent = theme.name;
    button.title = theme.definition;
    button.addEventListener("click", () => {
      form.elements.theme.value = theme.name;
      define();
      form.querySelector("[type=submit]").focus();
    });
    return button;
  }

  function define() {
    const name = form.elements.theme.value.trim().toLowerCase();
    const found = Array.from(document.querySelectorAll("#themes option")).find((option) => option.value.toLowerCase() === name);
    part("definition").textContent = found ? found.dataset.definition : "";
  }

  function refuse(error) {
    const box = part("errors");
    box.textContent = error instanceof Refusal || error instanceof Unsaved ? error.message : UNREACHED;
    box.hidden = false;
  }

  function show(answer, html) {
    const place = document.querySelector(`[data-excerpts="${answer}"]`);
    place.innerHTML = html;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const { answer, url, start, end } = target;
    try {
      const data = new FormData(form);
      if (start !== undefined) {
        await saved(answer);
        data.set("answer", answer);
        data.set("start", start);
        data.set("end", end);
        data.set("words", target.words);
      }
      show(answer, await (await post(url, data)).text());
      said.textContent = "Coded.";
      kept = null;
      panel.close();
    } catch (error) {
      refuse(error);
    } finally {
      delete form.dataset.busy;
    }
  });

  panel.addEventListener("close", () => {
    remember();
    if (target && target.back && target.back.isConnected) target.back.focus();
  });

  async function act(button) {
    const place = button.closest("[data-excerpts]");
    try {
      show(place.dataset.excerpts, await (await post(button.dataset.codeAct, new FormData())).text());
      const undo = place.querySelector(".undo button");
      if (undo) undo.focus();
    } catch (error) {
      const reason = error instanceof Refusal ? error.message : UNREACHED;
      const fault = button.closest(".undo")?.querySelector("[data-code-fault]");
      if (fault) fault.textContent = reason;
      else said.textContent = reason;
    }
  }

  function code() {
    if (kept) open({ ...kept, url: panel.dataset.new });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-code-close]")) panel.close();
    else if (button.matches("[data-code-act]")) act(button);
    else if (button.matches("[data-code-edit]")) {
      const answer = button.closest("[data-excerpts]").dataset.excerpts;
      open({ answer, url: button.dataset.codeEdit, words: button.dataset.words }, JSON.parse(button.dataset.fields));
    } else if (button.matches("[data-code]") && kept && kept.answer === button.dataset.code) code();
  });

  document.addEventListener("keydown", (event) => {
    if (panel.open) {
      const stance = event.altKey && "123".indexOf(event.key) >= 0 ? form.querySelectorAll("[name=stance]")[Number(event.key) - 1] : null;
      if (stance) stance.checked = true;
      return;
    }
    const writing = event.target.matches("input, select, textarea");
    if (event.key.toLowerCase() !== "q" || event.ctrlKey || event.metaKey || (writing && !event.altKey)) return;
    remember();
    if (!kept) return;
    event.preventDefault();
    code();
  });

  document.addEventListener("answer:saved", (event) => renew(event.target.dataset.answer));
  form.elements.theme.addEventListener("input", define);
  document.addEventListener("selectionchange", remember);
  remember();
})();
