// Ticking rows of the table of jobs, by key too; without this the boxes and buttons work by themselves.
(() => {
  "use strict";

  const all = (what) => [...document.querySelectorAll(what)];
  const boxes = () => all("#jobs input[name=job]");

  function dress() {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const part of all("[data-all], [data-keys]")) part.hidden = false;
    for (const bar of all("[data-several]")) bar.classList.toggle("bulk-idle", !ticked);
    for (const words of all("[data-picked]")) words.dataset.count = ticked || "";
    for (const box of all("[data-all] input")) {
      box.checked = ticked > 0 && ticked === boxes().length;
      box.indeterminate = ticked > 0 && ticked < boxes().length;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
    dress();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const box = event.target.closest("tr") && event.target.closest("tr").querySelector("input[name=job]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    dress();
  });
  document.addEventListener("htmx:load", dress);
  window.addEventListener("pageshow", dress);
  dress();
})();
