// Says on the button of the library what a press of it adds: a driver counts where both its KPIs are there or ticked.
(function () {
  "use strict";

  const form = document.querySelector("[data-counts]");
  const go = form && form.querySelector("[data-counts-go]");
  if (!go) return;
  const there = Array.from(form.querySelectorAll("[data-there]"), (link) => link.dataset.there);

  function many(count, noun) {
    return `${count}\u00a0${noun}${count === 1 ? "" : "s"}`;
  }

  function count() {
    const ticked = Array.from(form.querySelectorAll("[name=templates]:checked"), (box) => box.value);
    const known = new Set([...there, ...ticked]);
    let drivers = 0;
    for (const box of form.querySelectorAll("[data-ends]")) {
      const possible = box.dataset.ends.split(" ").every((code) => known.has(code));
      box.closest("tr").classList.toggle("pick-off", !possible);
      if (possible && box.checked) drivers += 1;
    }
    const parts = [ticked.length && many(ticked.length, "KPI"), drivers && many(drivers, "driver")].filter(Boolean);
    go.querySelector("span").textContent = parts.length ? `Add ${parts.join(" and ")}` : "Add what is ticked";
    go.disabled = !ticked.length && !drivers;
  }

  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
})();
