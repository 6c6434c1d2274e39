// On an interview that is only read: says when this device still keeps words that the server does not have, and forgets them when the
// interview's text was destroyed.
(function () {
  "use strict";

  const place = document.querySelector("[data-left]");
  if (!place) return;
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(place.dataset.left));
    if (place.hasAttribute("data-forget")) keys.forEach((key) => localStorage.removeItem(key));
    else place.hidden = keys.length === 0;
  } catch {
    // This browser keeps nothing.
  }
})();
