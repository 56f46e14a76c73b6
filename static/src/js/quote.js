// Comments on selected words: Ctrl/⌘ Alt M takes the selection along, a link to a thread opens it, and
// the words that are talked about are marked where they stand. Without this, comments are on blocks.
const AROUND = 64;
const around = (text, from, to) => ({
  quote: text.slice(from, to),
  before: text.slice(Math.max(0, from - AROUND), from),
  after: text.slice(to, to + AROUND),
});

/** What is selected in a block of the editor, with what stands around it. */
function typedSelection(block) {
  const view = block.querySelector("block-editor")?.view;
  if (view) {
    const { from, to } = view.state.selection.main;
    return around(view.state.doc.toString(), from, to);
  }
  const field = block.querySelector("textarea[name=body]");
  if (field) return around(field.value, field.selectionStart, field.selectionEnd);
  const chosen = getSelection().toString();
  return { quote: chosen, before: "", after: "" };
}

function fill(details, words) {
  if (!details) return;
  details.open = true;
  for (const [name, value] of Object.entries(words)) {
    const field = details.querySelector(`input[name=${name}]`);
    if (field) field.value = words.quote.trim() ? value : "";
  }
  const shown = details.querySelector("[data-quote]");
  if (shown) {
    shown.textContent = words.quote.trim();
    shown.hidden = !words.quote.trim();
  }
  details.querySelector("textarea")?.focus();
}

function onBlock(block) {
  const link = block.querySelector("[data-comment]");
  if (!link) return false;
  const words = typedSelection(block);
  window.htmx.ajax("GET", link.href, { target: "#pane", swap: "morph:outerHTML" }).then(() => fill(document.getElementById("new-thread"), words));
  return true;
}

function onDifference() {
  const chosen = getSelection();
  const block = (chosen.anchorNode?.parentElement || document.activeElement)?.closest(".dblock");
  const details = block?.querySelector("details.reply");
  if (!details) return false;
  fill(details, { quote: block.contains(chosen.focusNode) ? chosen.toString() : "", before: "", after: "" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyM" || !event.altKey || !(event.ctrlKey || event.metaKey)) return;
  const block = document.activeElement.closest?.("li.block");
  if (block ? onBlock(block) : onDifference()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-comment]");
  const block = link && !event.ctrlKey && !event.metaKey && link.closest("li.block");
  if (!block || !window.htmx) return;
  event.preventDefault();
  onBlock(block);
});

let openedBy = ""; // the place of a wording that was just taken: its link has the focus again

// A comment that was taken leaves its box; one that was refused stays in it.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (!detail.shouldSwap || detail.xhr.status >= 300 || !form?.matches?.("form[data-said]")) return;
  if (form.dataset.said === "gone") {
    openedBy = form.closest("[data-wording]")?.id || "";
    return closeWording(form);
  }
  form.reset();
  for (const name of ["quote", "before", "after"]) {
    const field = form.elements.namedItem(name);
    if (field) field.value = "";
  }
  const fold = form.closest("details");
  if (!fold) return;
  fold.open = false;
  fold.querySelector("summary").focus();
});

// ---- another wording, written beside the words ----

/** Takes the form away; the link that opened it has the focus again. */
function closeWording(form) {
  const place = form.closest("[data-wording]");
  if (!place) return;
  place.replaceChildren();
  document.querySelector(`[data-wording-of="${place.id}"]`)?.focus();
}

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-close-wording]");
  if (!cancel?.closest("[data-wording]")) return;
  event.preventDefault();
  closeWording(cancel);
});

// What was begun is not laid over by pressing the link again.
document.addEventListener("htmx:beforeRequest", (event) => {
  const opener = event.target.closest?.("[data-wording-of]");
  const box = opener && document.getElementById(opener.dataset.wordingOf)?.querySelector("textarea");
  if (!box) return;
  event.preventDefault();
  box.focus();
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.matches?.("[data-wording]")) target.querySelector("textarea")?.focus();
  if (target.id !== "threads" || !openedBy) return;
  document.querySelector(`[data-wording-of="${openedBy}"]`)?.focus();
  openedBy = "";
});

// ---- a link to a thread ----

function openThread() {
  const thread = /^#thread-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!thread) return;
  for (let fold = thread.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  thread.focus();
}
addEventListener("hashchange", openThread);

// ---- quoted words, in the differences of a review ----

function rangeOf(block, quote) {
  const nodes = [];
  let text = "";
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("del, .vh, .dl, details")) continue;
    nodes.push([text.length, node]);
    text += node.data;
  }
  const at = text.indexOf(quote);
  if (at < 0) return null;
  const range = new Range();
  const place = (index) => nodes.findLast(([start]) => start <= index);
  const [first, from] = place(at);
  const [last, to] = place(at + quote.length - 1);
  range.setStart(from, at - first);
  range.setEnd(to, at + quote.length - last);
  return range;
}

function markQuoted() {
  if (!CSS.highlights) return;
  const ranges = [...document.querySelectorAll("#threads [data-quoted]")].map((quote) => {
    const block = document.getElementById(`change-${quote.dataset.quoted}`);
    return block && rangeOf(block, quote.textContent);
  });
  CSS.highlights.set("quoted", new Highlight(...ranges.filter(Boolean)));
}

function begin() {
  openThread();
  markQuoted();
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
document.addEventListener("htmx:afterSettle", ({ target }) => target.id === "threads" && markQuoted());
