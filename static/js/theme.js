// Light, dark or as the system says. Loaded before the page is drawn, so that it never flashes; the choice stays in this browser.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try { return localStorage.getItem("theme") || "system"; } catch { return "system"; }
  }

  function show(theme) {
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  function apply() {
    const chosen = choice();
    show(chosen === "dark" || (chosen === "system" && dark.matches) ? "dark" : "light");
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === chosen));
    }
  }

  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  addEventListener("beforeprint", () => show("light"));
  addEventListener("afterprint", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme]");
    if (!button) return;
    try { localStorage.setItem("theme", button.dataset.theme); } catch { /* private window: for this page only */ }
    apply();
  });
})();
