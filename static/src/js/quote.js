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

/** What is selected of the new text: without what was removed, and what is only read out. */
function newWords(chosen) {
  if (!chosen.rangeCount || chosen.anchorNode.parentElement?.closest("[data-text=old]")) return "";
  if (chosen.anchorNode === chosen.focusNode && chosen.anchorNode.parentElement?.closest("del")) return "";
  const part = chosen.getRangeAt(0).cloneContents();
  for (const other of part.querySelectorAll("del, .vh")) other.remove();
  return part.textContent;
}

function onDifference() {
  const chosen = getSelection();
  const block = (chosen.anchorNode?.parentElement || document.activeElement)?.closest(".dblock");
  const details = block?.querySelector("details.reply");
  if (!details) return false;
  fill(details, { quote: block.contains(chosen.focusNode) ? newWords(chosen) : "", before: "", after: "" });
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

// The block is gone: what was written about it is about the whole text when it is sent again.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (detail.xhr.status !== 422 || !form?.matches?.("form[data-said]") || !detail.xhr.responseText.includes("data-to-whole")) return;
  const said = new DOMParser().parseFromString(detail.xhr.responseText, "text/html").querySelector("[data-to-whole]");
  for (const name of ["block_key", "quote", "before", "after"]) {
    const field = form.elements.namedItem(name);
    if (field) field.value = "";
  }
  const quote = form.querySelector("[data-quote]");
  if (quote) quote.hidden = true;
  const heading = form.closest("details")?.querySelector("[data-about]");
  if (heading) heading.textContent = said.dataset.toWhole;
  form.querySelector("textarea").setAttribute("aria-label", said.dataset.toWhole);
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

/** One range for each piece of the text, so that what was removed in between is not underlined. */
function rangesOf(block, quote) {
  const nodes = [];
  let text = "";
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("del, .vh, .dl, .replies, [data-text=old]")) continue;
    nodes.push([text.length, node]);
    text += node.data;
  }
  const at = text.indexOf(quote);
  if (at < 0 || !quote) return [];
  const end = at + quote.length;
  return nodes
    .filter(([start, node]) => start < end && start + node.length > at)
    .map(([start, node]) => {
      const range = new Range();
      range.setStart(node, Math.max(0, at - start));
      range.setEnd(node, Math.min(node.length, end - start));
      return range;
    });
}

function markQuoted() {
  if (!CSS.highlights) return;
  const ranges = [...document.querySelectorAll("#threads [data-quoted]")].flatMap((quote) => {
    const block = document.getElementById(`change-${quote.dataset.quoted}`);
    return block ? rangesOf(block, quote.textContent) : [];
  });
  CSS.highlights.set("quoted", new Highlight(...ranges));
}

function begin() {
  openThread();
  markQuoted();
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
document.addEventListener("htmx:afterSettle", ({ target }) => target.id === "threads" && markQuoted());
