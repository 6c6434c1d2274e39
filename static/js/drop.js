// A file dropped on the marked place is the file of the form's field.
(function () {
  "use strict";

  for (const place of document.querySelectorAll("[data-drop]")) {
    const field = place.querySelector("input[type=file]");
    const hint = place.querySelector("[data-drop-hint]");
    if (!field) continue;
    if (hint) hint.hidden = false;

    const over = (on) => (event) => {
      event.preventDefault();
      place.classList.toggle("drop-over", on);
    };
    place.addEventListener("dragenter", over(true));
    place.addEventListener("dragover", over(true));
    place.addEventListener("dragleave", over(false));
    place.addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer.files.length !== 1) return;
      field.files = event.dataTransfer.files;
      field.focus();
    });
  }
})();
