// Undo and redo of the structure: the toast of each act holds the act that takes it back, a form like
// any other. They are kept here in order, so that Ctrl/⌘Z and Ctrl/⌘ Shift Z go several steps.
import { redoDepth, undoDepth } from "@codemirror/commands";

const done = [];
const undone = [];
const typed = new WeakSet(); // fields of the browser's own: once typed into, they undo by themselves
const here = () => document.querySelector("draft-editor");

const pathOf = (url) => {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
};
const said = (data) => [...data].filter(([name]) => name !== "csrfmiddlewaretoken");

function stepOf(url, data) {
  const values = said(data);
  return { url: pathOf(url), values: Object.fromEntries(values), id: JSON.stringify([pathOf(url), values.toSorted()]) };
}

function drop(id) {
  for (const stack of [done, undone]) {
    const at = stack.findIndex((step) => step.id === id);
    if (at >= 0) stack.splice(at, 1);
  }
}

/** The newest toast speaks of the last act; an older one would offer to take back something before it. */
function newest() {
  const forms = [...document.querySelectorAll("#toasts toast-note form:has([name=way])")];
  for (const form of forms.slice(0, -1)) form.closest("toast-note").remove();
  return forms.at(-1);
}

const answers = ({ elt, target, requestConfig }) => (target?.id === "blocks" || elt?.id === "blocks") && requestConfig?.verb === "post";

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!answers(detail)) return;
  const asked = detail.requestConfig;
  const way = asked.formData?.get("way") || "";
  if (way) drop(stepOf(asked.path, asked.formData).id);
  const form = newest();
  if (!form || form.taken) return;
  form.taken = true;
  const step = stepOf(form.action, new FormData(form));
  if (way === "undo") return undone.push(step);
  if (!way) undone.length = 0;
  done.push(step);
});

// Refused, because somebody changed the same thing: why is said, and the step before it is the next.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { requestConfig, xhr } = detail;
  if (!requestConfig?.formData?.get("way") || xhr.status < 400 || xhr.status === 401 || xhr.status >= 500) return;
  drop(stepOf(requestConfig.path, requestConfig.formData).id);
  document.body.dispatchEvent(new CustomEvent("blocks-stale"));
});

async function take(stack) {
  const step = stack.at(-1);
  if (!step) return;
  await here().flush();
  await window.htmx.ajax("POST", step.url, { source: here(), target: "#blocks", swap: "morph:outerHTML", values: step.values });
}

let line = Promise.resolve();
/** One after the other, however quickly the keys come. */
const next = (stack) => (line = line.then(() => take(stack)).catch(() => {}));

document.addEventListener("input", ({ target }) => target.matches("input, textarea") && typed.add(target));

/** Whether the text with the caret in it has something of its own to undo or to do again. */
function own(target, way) {
  const view = target.closest?.("block-editor")?.view;
  if (view) return (way === "undo" ? undoDepth : redoDepth)(view.state) > 0;
  if (!target.closest?.("input, textarea, select, [contenteditable=true]")) return false;
  return typed.has(target) || !here().contains(target);
}

function wayOf(event) {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return "";
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && event.ctrlKey && !event.shiftKey ? "redo" : "";
}

document.addEventListener(
  "keydown",
  (event) => {
    const way = wayOf(event);
    const stack = way === "undo" ? done : undone;
    if (!way || !stack.length || !here() || document.querySelector("dialog[open]") || own(event.target, way)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    next(stack);
  },
  true,
);

// ---- the focus of what is gone goes to what stands there now ----

const blocks = () => [...document.querySelectorAll("#blocks > li.block")];
const placeOf = (one) => blocks().findIndex((block) => block.contains(one));
let place = -1;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "blocks") return;
  // A menu that closed has let go of the focus already: then it is the block whose menu it was.
  place = placeOf(document.activeElement === document.body ? detail.requestConfig.elt : document.activeElement);
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "blocks" || place < 0 || document.activeElement !== document.body) return;
  const all = blocks();
  const block = all[Math.min(place, all.length - 1)];
  if (!block) return document.querySelector(".addhere summary")?.focus();
  block.tabIndex = -1;
  block.focus({ preventScroll: true });
});
