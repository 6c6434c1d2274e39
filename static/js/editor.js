// The page on which an interview is written: its answers (static/js/answer.js), the state of all of them, other tabs, and Finish.
(function () {
  "use strict";

  const page = document.querySelector("[data-editor]");
  if (!page) return;
  const { Answer, Device, WORDS } = window.interviewAnswers;
  const WORST_FIRST = ["conflict", "refused", "out", "offline", "saving"];
  const HEARD = 200; // ms in which other open tabs answer
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`interview-${page.dataset.editor}`) : null;
  const part = (name) => page.querySelector(`[data-${name}]`);
  const desk = {
    device: new Device(`interview:${page.dataset.user}:${page.dataset.editor}:`),
    changed,
    saved: (answer, text, version) => channel && channel.postMessage({ answer: answer.id, text, version }),
  };
  const answers = Array.from(page.querySelectorAll("textarea[data-answer]"), (field) => new Answer(field, desk));
  const byId = new Map(answers.map((answer) => [answer.id, answer]));

  function changed(answer, before) {
    const now = answer.look;
    if (before && before !== now && now !== "saving" && (now !== "saved" || before !== "saving")) {
      part("said").textContent = `Question ${answer.field.dataset.number}: ${WORDS[now]}`;
    }
    sum();
  }

  // The state of all answers together, which is the worst of them; how many are answered, and which are not.
  function sum() {
    const look = WORST_FIRST.find((one) => answers.some((answer) => answer.look === one)) || "saved";
    const all = part("state-all");
    if (all.dataset.look !== look) {
      all.dataset.look = look;
      all.textContent = WORDS[look];
      if (look === "out") all.append(". ", signIn());
    }
    const open = answers.filter((answer) => !answer.text.trim()).map((answer) => answer.field.dataset.number);
    const noun = open.length === 1 ? "question" : "questions";
    part("progress").textContent = `${answers.length - open.length} of ${answers.length} answered`;
    part("unanswered").textContent = open.length
      ? `${open.length}\u00a0${noun} without an answer: ${open.join(", ")}. You may finish all the same.`
      : "Every question has an answer.";
  }

  function signIn() {
    const link = document.createElement("a");
    Object.assign(link, { href: page.dataset.signIn, target: "_blank", textContent: "Sign in again in another tab, then come back" });
    return link;
  }

  async function ask(url) {
    const reply = await fetch(url, { redirect: "manual" });
    if (!reply.ok) throw new Error(reply.status);
    return reply.json();
  }

  // When the page is looked at again: send what waits, and take over what was saved elsewhere.
  async function refresh() {
    for (const answer of answers) answer.send().catch(() => {});
    try {
      const { draft, answers: versions } = await ask(page.dataset.versions);
      if (!draft && answers.every((answer) => answer.settled)) return window.location.reload();
      for (const [id, version] of Object.entries(versions)) {
        const answer = byId.get(id);
        if (!answer || version <= answer.known.version || !answer.settled) continue;
        const newer = await ask(answer.field.dataset.url);
        answer.follow(newer.text, newer.version);
      }
    } catch {
      // No server, or signed out: the next attempt to save will say so.
    }
  }

  // What pages left that were closed before the server had their text. Those that are still open say so, and keep their own.
  function restore() {
    const open = new Set([desk.device.page]);
    if (channel) {
      channel.addEventListener("message", ({ data }) => {
        if (data.here) open.add(data.here);
        else if (data.who) channel.postMessage({ here: desk.device.page });
        else byId.get(data.answer)?.follow(data.text, data.version);
      });
      channel.postMessage({ who: desk.device.page });
    }
    setTimeout(() => desk.device.left(open).forEach((entry) => byId.get(entry.answer)?.bringBack(entry)), HEARD);
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-keep]");
    if (button) byId.get(button.closest("[data-answer-box]").dataset.answerBox).decide(button.dataset.keep);
  });

  // The interview is finished when the server has every word.
  part("finish").addEventListener("submit", async (event) => {
    if (answers.every((answer) => answer.settled)) return;
    event.preventDefault();
    event.stopPropagation();
    try {
      for (const answer of answers) await answer.flush();
      event.target.requestSubmit();
    } catch {
      part("said").textContent = "Not finished: an answer is not saved yet.";
      const stuck = answers.find((answer) => !answer.settled);
      if (stuck) stuck.field.focus();
    }
  });

  window.addEventListener("pagehide", () => answers.forEach((answer) => answer.leave()));
  window.addEventListener("online", refresh);
  window.addEventListener("focus", refresh);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
  sum();
  restore();
})();
