// The recruiter's keys on top of pages that work without them: moving, deciding, selecting, comparing, undoing.
(() => {
  "use strict";

  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const one = (what, within = document) => within.querySelector(what);
  const NARROW = window.matchMedia("(max-width: 980px)");
  const people = () => one("#people");
  const rows = () => all("[data-people] .person").filter((row) => row.checkVisibility());
  const current = () => one("[data-people] [aria-current]");
  const idOf = (row) => row.id.slice(1);
  const boxOf = (row) => one("input[name=match]", row.closest("li"));
  const picked = () => all("#picks input[name=match]:checked");

  // --- the row that is looked at ---------------------------------------------------------------------------------
  function mark(row) {
    for (const other of all("[data-people] [aria-current]")) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    for (const then of all("#picks input[name=then]")) then.value = idOf(row);
  }
  function look(row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (NARROW.matches) mark(row);
    else row.click();
  }
  function move(step) {
    const list = rows();
    const here = list.indexOf(current());
    const next = list[Math.min(Math.max(here + step, 0), list.length - 1)];
    if (next && next !== current()) look(next);
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-people] .person");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!NARROW.matches) mark(row);
    else event.stopImmediatePropagation(); // no room beside the list: the link opens its own page instead
  }, true);

  // --- deciding by key -------------------------------------------------------------------------------------------
  // One after the other: an answer that is older than what is on the page would bring back what is gone.
  let sending = Promise.resolve();
  function decide(stage) {
    const root = people();
    if (!root) {
      const button = one(`[data-key=${stage === "rejected" ? "r" : "s"}]`);
      if (button) button.click();
      return;
    }
    const chosen = picked().map((box) => box.value);
    const row = current();
    if (!chosen.length && !row) return;
    const match = chosen.length ? chosen : [idOf(row)];
    const following = row && !chosen.length ? rows()[rows().indexOf(row) + 1] || rows()[rows().indexOf(row) - 1] : row;
    if (following && following !== row) mark(following);
    const values = { match, stage, then: following ? idOf(following) : "", csrfmiddlewaretoken: one("#picks [name=csrfmiddlewaretoken]").value };
    sending = sending.then(() => htmx.ajax("POST", root.dataset.decide, { target: "#people", swap: "outerHTML", values })).catch(() => {});
  }

  // --- what a swap must not lose -----------------------------------------------------------------------------------
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "people") return;
    const polled = event.detail.requestConfig.verb === "get" && event.detail.requestConfig.elt.id === "people";
    kept = {
      looked: current() && idOf(current()),
      boxes: polled ? picked().map((box) => box.value) : [],
      open: all("#people details[id][open]").map((part) => part.id),
      focus: document.activeElement && document.activeElement.closest("#people") ? document.activeElement.id : "",
    };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "people" || !kept) return;
    const row = kept.looked && document.getElementById(`p${kept.looked}`);
    for (const id of kept.open) if (document.getElementById(id)) document.getElementById(id).open = true;
    for (const box of all("#picks input[name=match]")) box.checked = kept.boxes.includes(box.value);
    if (row && row !== current()) look(row); // somebody moved on while the answer was under way
    else if (kept.focus && document.getElementById(kept.focus)) document.getElementById(kept.focus).focus({ preventScroll: true });
    kept = null;
    dress();
  });

  // --- what makes sense with a script only ---------------------------------------------------------------------------
  function dress() {
    for (const part of all("[data-keys], [data-dismiss]")) part.hidden = false;
    for (const part of all("[data-without-script]")) part.hidden = true;
    const count = picked().length;
    for (const bar of all("[data-bulk]")) bar.classList.toggle("bulk-idle", !count);
    for (const words of all("[data-picked]")) words.dataset.count = count || "";
    for (const button of all("[data-compare]")) button.disabled = count < 2 || count > 4;
  }
  document.addEventListener("change", (event) => { if (event.target.name === "match") dress(); });
  document.addEventListener("htmx:load", dress);
  window.addEventListener("pageshow", dress);
  dress();

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) one("#toast").replaceChildren();
    if (event.target.closest("[data-keys]")) one("#keys").showModal();
    const link = event.target.closest("[data-copy]");
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    navigator.clipboard.writeText(link.href).then(
      () => { link.textContent = `✓ ${link.textContent.replace("✓ ", "")}`; },
      () => { window.location = link.href; },
    );
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat && "srxu".includes(event.key)) return;
    const act = {
      j: () => (people() ? move(1) : follow("next")),
      k: () => (people() ? move(-1) : follow("prev")),
      s: () => decide("shortlisted"),
      r: () => decide("rejected"),
      u: () => { const undo = one("[data-undo]"); if (undo) undo.click(); },
      x: () => { const row = current(); if (row) { boxOf(row).checked = !boxOf(row).checked; dress(); } },
      c: () => { const button = one("[data-compare]"); if (button && !button.disabled) button.click(); },
      "?": () => { const keys = one("#keys"); if (keys) keys.showModal(); },
    }[event.key];
    const side = event.key === "Enter" && event.target === current() && one(`[data-panel="${idOf(current())}"] [data-side]`);
    if (side) { event.preventDefault(); side.click(); }
    if (!act) return;
    event.preventDefault();
    act();
  });
  function follow(rel) {
    const link = one(`a[rel=${rel}]`);
    if (link) link.click();
  }
})();
