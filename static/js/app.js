// Small comforts on top of pages that work without them: moving by keyboard, lighting evidence.
(() => {
  "use strict";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // j and k move through a list of links, / goes to the search box.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const box = document.querySelector("input[type=search]");
      if (box) { event.preventDefault(); box.focus(); }
    }
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  });
  function move(step) {
    const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
    if (!rows.length) return;
    const here = rows.findIndex((row) => row === document.activeElement || row.hasAttribute("aria-current"));
    const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    next.focus();
  }

  // What was read is replaced as a whole: the lists stay where they were, and so does the keyboard.
  const panes = () => [...document.querySelectorAll("#reading .pane")];
  let left = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "reading") return;
    const form = event.detail.requestConfig.elt.closest("#edit");
    left = { address: form && form.elements.path.value, tops: panes().map((pane) => pane.scrollTop) };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (left) panes().forEach((pane, place) => { pane.scrollTop = left.tops[place] || 0; });
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (left && left.address && !document.getElementById("edit")) {
      const link = document.querySelector(`#reading a[href$="edit=${encodeURIComponent(left.address)}#edit"]`);
      if (link) link.focus();
    }
    left = null;
  });

  // What was sent and not taken must be said; what is only asked for every few seconds may fail now and then.
  for (const kind of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(kind, (event) => {
      const form = event.detail.requestConfig.elt;
      if (event.detail.requestConfig.verb !== "post" || form.querySelector("[data-unsent]")) return;
      const note = document.createElement("p");
      note.className = "note note-danger";
      note.dataset.unsent = note.role = "alert";
      note.textContent = document.body.dataset.unsent;
      form.prepend(note);
    });
  }

  // Pointing at a finding lights its evidence on both sides, and the other way round.
  for (const kind of ["mouseover", "mouseout", "focusin", "focusout"]) {
    document.addEventListener(kind, (event) => {
      const part = event.target.closest && event.target.closest("[data-finding]");
      if (!part) return;
      const lit = kind === "mouseover" || kind === "focusin";
      for (const name of part.dataset.finding.split(" ")) {
        for (const twin of document.querySelectorAll(`.hl[data-finding~="${CSS.escape(name)}"]`)) twin.classList.toggle("lit", lit);
      }
    });
  }
})();
