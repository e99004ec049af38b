// Sending a CV: drop or choose, how far it is, cancel, and what to do when it did not arrive. Without this the form posts.
(() => {
  "use strict";

  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const zone = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  const words = form.querySelector("[data-words]").dataset;
  const failure = form.querySelector("[data-failure]");
  const sending = form.querySelector("[data-way]");
  const bar = sending.querySelector("progress");
  const said = sending.querySelector("[data-said]");
  const button = form.querySelector("button[type=submit]");
  const again = form.querySelector("[data-again]");
  let request = null;

  const say = (text, canRetry) => {
    failure.querySelector("[data-reason]").textContent = text;
    again.hidden = !canRetry;
    failure.hidden = false;
    zone.classList.add("drop-bad");
    (canRetry ? again : input).focus();
  };
  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function rest() {
    request = null;
    sending.hidden = true;
    button.disabled = input.disabled = false;
    zone.removeAttribute("aria-busy");
  }

  // What the server would refuse anyway is said before a byte is sent.
  function refusal(file) {
    const limit = Number(form.dataset.limit);
    if (file.size === 0) return words.empty;
    if (file.size > limit) return fill(words.large, { size: size(file.size), limit: size(limit) });
    const dot = file.name.lastIndexOf(".");
    const ending = dot < 0 ? "" : file.name.slice(dot).toLowerCase();
    return ending && !input.accept.split(",").includes(ending) ? fill(words.kind, { ending }) : "";
  }

  function send() {
    const file = input.files[0];
    if (request || !file) return;
    failure.hidden = true;
    zone.classList.remove("drop-bad");
    form.querySelectorAll("[data-earlier]").forEach((part) => part.remove());
    const reason = refusal(file);
    if (reason) return say(reason, false);
    request = new XMLHttpRequest();
    request.open("POST", form.action || window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => show(file, event.loaded / event.total));
    request.addEventListener("load", arrived);
    for (const kind of ["error", "timeout"]) request.addEventListener(kind, () => { rest(); say(words.lost, true); });
    request.addEventListener("abort", () => { rest(); input.focus(); });
    const body = new FormData(form);
    sending.hidden = false;
    zone.setAttribute("aria-busy", "true");
    button.disabled = input.disabled = true;
    show(file, 0);
    request.send(body);
  }

  function show(file, share) {
    bar.value = share;
    const done = share >= 1;
    said.textContent = done ? words.stored : fill(words.sending, { percent: Math.floor(100 * share), size: size(file.size) });
  }

  function arrived() {
    const answer = request.response, status = request.status;
    if (status === 201 && answer) return window.location.assign(answer.location);
    rest();
    if (status === 422 && answer) return say(answer.error, false);
    if (status === 413) return say(words.tooLarge, false);
    // Any other page, such as that of signing in, is no answer to an upload.
    say(status < 400 || status === 401 || status === 403 ? words.ended : words.failed, true);
  }

  input.addEventListener("change", send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) send();
    else say(words.none, false);
  });
  again.addEventListener("click", send);
  form.querySelector("[data-cancel]").addEventListener("click", () => request && request.abort());

  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("drop-over", kind === "dragover" && !request);
      if (kind !== "drop" || request) return;
      const files = event.dataTransfer.files;
      if (files.length !== 1) return say(files.length ? words.many : words.none, false);
      input.files = files;
      send();
    });
  }

  // A file chosen while this script was still on its way is sent as well: its "change" was heard by nobody. That it is not one
  // which the browser remembers from an earlier visit is seen to by the form's autocomplete="off".
  send();

  // The browser's back button may bring the page back as it was left, in the middle of leaving it.
  window.addEventListener("pageshow", (event) => { if (event.persisted) rest(); });
})();
