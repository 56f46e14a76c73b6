// <draft-editor>: saves every form[data-autosave] inside it as it is typed, keeps the order of the
// blocks, and never lets unsaved words be left behind by a link, a form or a closed tab.
import { announce, banner, dropBanner, element, refusal, renewToken, signedOut, toast, word } from "../shared.js";
import { blockKey } from "./block-keys.js";
import { declare } from "./variables.js";
import { dropMerge, showMerge, wholeOf } from "./merge.js";
import { sortable } from "./order.js";
import { listen } from "./others.js";
import "./picker.js";
import "./presence.js";
import { Saver } from "./saver.js";
import "./talk.js";
import { showSaveState } from "./save-state.js";
import "./steps.js";

const LEAVE_WAIT = 4000;

class DraftEditor extends HTMLElement {
  connectedCallback() {
    if (this.savers) return;
    this.savers = new Map();
    this.addEventListener("input", (event) => this.typed(event));
    this.addEventListener("change", (event) => this.typed(event));
    this.addEventListener("keydown", (event) => this.key(event));
    // The words and the editors inside come later in the document than this tag.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.begin());
    else this.begin();
  }

  begin() {
    declare(this.querySelector("#variables")?.textContent);
    const forms = [...this.querySelectorAll("form[data-autosave]")];
    if (forms.filter((form) => this.saver(form).restore()).length) toast(word("restored"), "info");
    sortable(this);
    listen();
  }

  saver(form) {
    let saver = this.savers.get(form.action);
    if (!saver || saver.form !== form) this.savers.set(form.action, (saver = new Saver(form, this)));
    return saver;
  }

  get pending() {
    return [...this.savers.values()].filter((saver) => saver.form.unsaved);
  }

  typed(event) {
    const form = event.target.form || event.target.closest("form");
    if (!form?.matches("[data-autosave]") || event.target.type === "hidden") return;
    this.saver(form).touch();
  }

  async flush() {
    const done = await Promise.all(this.pending.map((saver) => saver.flush()));
    return done.every(Boolean);
  }

  // ---- what the savers say ----

  changed() {
    const { pending } = this;
    const states = new Set(pending.map((saver) => saver.state));
    if (!pending.length) return showSaveState("saved", 0, this.savedAt);
    for (const state of ["conflict", "failed", "waiting"]) {
      if (states.has(state)) return showSaveState(state, pending.length);
    }
    showSaveState("saving");
  }

  saved(saver, answer) {
    const at = answer.saved_at ? new Date(answer.saved_at) : new Date();
    this.savedAt = at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    if (answer.variables) declare(answer.variables);
    if (answer.notice) toast(answer.notice, "info");
    if (answer.removed) document.body.dispatchEvent(new CustomEvent("blocks-stale"));
    for (const id of ["signed-out", "refused"]) dropBanner(id);
    this.blockError(saver, "");
    document.body.dispatchEvent(new CustomEvent("draft-saved", { detail: { action: saver.action } }));
  }

  stopped(saver, kind, html) {
    if (kind === "conflict") showMerge(saver, html);
    else signedOut();
  }

  refused(saver, status, text) {
    if (status === 422 || status === 413 || status === 400) return this.blockError(saver, sentence(text));
    const copy = element("button", { class: "btn", type: "button" }, word("copy_text"));
    copy.addEventListener("click", () => copyText(saver.form));
    banner("refused", "warn", refusal(text) || word("gone"), copy);
  }

  blockError(saver, text) {
    const place = saver.form.closest("li, section, article")?.querySelector("[data-block-error]");
    if (!place) return text && toast(text, "error");
    place.textContent = text;
    place.hidden = !text;
  }

  // ---- keys ----

  key(event) {
    const block = event.target.closest("li.block");
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      this.flush().then((whole) => whole && (showSaveState("saved", 0, this.savedAt), announce(word("saved"))));
    } else if (block && event.altKey && event.shiftKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      block.querySelector(`[data-move="${event.key === "ArrowUp" ? "up" : "down"}"]`)?.click();
    } else if (block && event.target === block && blockKey(event, block)) {
      event.preventDefault();
    }
  }
}
customElements.define("draft-editor", DraftEditor);

function sentence(text) {
  try {
    return Object.values(JSON.parse(text).errors).flat().join(" ");
  } catch {
    return refusal(text) || word("failed");
  }
}

function copyText(form) {
  const texts = [...form.querySelectorAll("textarea")].map((field) => field.value);
  navigator.clipboard.writeText(texts.join("\n\n")).then(() => announce(word("copied")));
}

// ---- leaving: first save, then go ----

const editor = () => document.querySelector("draft-editor");
const inTime = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, LEAVE_WAIT))]);

/** Runs `go` after the unsaved words are saved (or could not be, in four seconds). */
function after(event, go) {
  event.preventDefault();
  event.stopImmediatePropagation();
  inTime(editor().flush()).then(go);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-merge-choice]") && editor()) return decideMerge(event, form);
  if (form.matches("form[data-autosave]") && editor()) {
    event.preventDefault();
    editor().saver(form).touch(0);
  } else if (!form.flushed && form.method === "post" && editor()?.pending.length) {
    after(event, () => resubmit(form, event.submitter));
  }
}, true);

/** htmx forgets which button it was once the focus has moved on, so its value goes along by itself. */
function resubmit(form, submitter) {
  const { name = "", value = "" } = submitter || {};
  const chosen = name && form.appendChild(element("input", { type: "hidden", name, value }));
  form.flushed = true;
  form.requestSubmit(submitter);
  form.flushed = false;
  if (chosen) chosen.remove();
}

function decideMerge(event, form) {
  const saver = [...editor().savers.values()].find((other) => other.action === form.action);
  if (!saver) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const chosen = form.querySelector("textarea");
  // "Mine" may have gone on growing since the panel came.
  const grown = form.dataset.mergeChoice === "mine" && saver.form.unsaved;
  const text = grown ? wholeOf(saver.form) : chosen.value;
  dropMerge(saver);
  saver.decide(text, form.elements.namedItem("revision").value);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.target || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (!editor()?.pending.some((saver) => saver.state === "typing" || saver.state === "saving")) return;
  after(event, () => (link.hasAttribute("hx-get") ? link.click() : location.assign(link.href)));
}, true);

addEventListener("beforeunload", (event) => {
  const stay = (editor()?.pending || []).filter((saver) => !saver.leave());
  if (stay.length) event.preventDefault();
});

// Back in this tab, perhaps after signing in in another one: try again what waits.
async function back() {
  const waiting = (editor()?.pending || []).filter((saver) => saver.state === "waiting");
  if (document.hidden || !waiting.length) return;
  if (document.getElementById("signed-out") && !(await renewToken())) return;
  for (const saver of waiting) saver.send();
}
addEventListener("online", back);
addEventListener("focus", back);
document.addEventListener("visibilitychange", back);

// An answer to what this person did is newer than a list that was asked for before it: let that go.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "blocks" && detail.requestConfig.verb !== "get") window.htmx.trigger(detail.target, "htmx:abort");
});

// After the block list came anew: the new block gets the caret, savers of forms that are gone are let go.
// At the swap and not at the settle: another list may be laid over this one between the two.
document.addEventListener("htmx:afterSwap", () => {
  const here = editor();
  if (!here) return;
  for (const [action, saver] of here.savers) if (!saver.form.isConnected) here.savers.delete(action);
  const fresh = here.querySelector("li[data-focus]");
  fresh?.removeAttribute("data-focus");
  fresh?.querySelector("block-editor, textarea")?.focus();
});
