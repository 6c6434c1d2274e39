// Menus that close as people expect, alerts that can be put away, and a sentence when a part of the page could not be fetched.
(function () {
  "use strict";

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".alert").remove();
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("hx-post") || event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // A table wider than the screen can be scrolled by keyboard.
  function reachTables() {
    for (const box of document.querySelectorAll(".table-scroll:not([tabindex])")) {
      if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", box.querySelector("caption")?.textContent.trim() || "Table");
      }
    }
  }
  reachTables();
  window.addEventListener("resize", reachTables);
  document.addEventListener("htmx:afterSettle", reachTables);

  function say(text) {
    const template = document.getElementById("fault");
    const place = document.getElementById("messages");
    if (!template || !place) return;
    const alert = template.content.firstElementChild.cloneNode(true);
    alert.querySelector("[data-text]").textContent = text;
    place.replaceChildren(alert);
  }

  document.addEventListener("htmx:sendError", () => say("The server could not be reached. Nothing was changed; try again."));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403) say("You may not do this, or you were signed out. Reload the page.");
    else say("That did not work. Nothing was changed; reload the page and try again.");
  });
})();
