// A fact leads to its place in the text: where the pages are shown instead, the text comes back first.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#t"], a[href^="#c"]');
    const text = document.getElementById("view-text");
    if (link && text) text.checked = true;
  }, true);
})();
