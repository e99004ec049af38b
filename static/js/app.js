// Small comforts on top of pages that work without them: dropping a file, moving by keyboard, lighting evidence.
(() => {
  "use strict";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // A file dropped on the zone, or chosen, is sent at once.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-drop]");
    if (form && event.target.files && event.target.files.length) send(form);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest && event.target.closest(".drop");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("drop-over", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      const input = zone.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      send(zone.closest("form"));
    });
  }
  function send(form) {
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    for (const part of form.querySelectorAll("[data-while-sending]")) part.hidden = false;
    form.submit();
  }
  // Coming back with the browser's back button restores the page as it was left: allow sending again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const part of document.querySelectorAll("[data-while-sending]")) part.hidden = true;
  });

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
    if (next.hasAttribute("hx-get") && next !== rows[here]) next.click();
  }
  // On a narrow screen there is no room beside the list: the link opens its own page instead.
  document.addEventListener("click", (event) => {
    if (event.target.closest(".person") && window.matchMedia("(max-width: 980px)").matches) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] [data-row][hx-get]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    for (const other of row.closest("[data-rows]").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  });

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
      note.textContent = "This was not saved: the server could not be reached or failed. What you wrote is still here; please try again.";
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
