// htmx: the token of forms from one place, and every failure said in words.
import { csrf, word } from "./page.js";
import { signedOut } from "./banner.js";
import { toast } from "./toasts.js";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrf();
});

/** A refusal is a sentence (data-refusal), not a piece of the page: it is said, nothing is swapped. */
export function refusal(html) {
  if (!html.includes("data-refusal")) return "";
  return new DOMParser().parseFromString(html, "text/html").querySelector("[data-refusal]")?.textContent.trim() || "";
}

function atSignIn(address) {
  const signin = document.body.dataset.signin;
  return Boolean(signin && address && new URL(address, location.href).pathname === signin);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (atSignIn(xhr.responseURL)) {
    event.detail.shouldSwap = false;
    signedOut();
    return;
  }
  const sentence = xhr.status === 409 || xhr.status === 422 ? refusal(xhr.responseText) : "";
  if (sentence) {
    event.detail.shouldSwap = false;
    toast(sentence, "error");
  }
});

// Acts on one piece go out one after the other, and a piece that comes anew waits while an act of something
// in it is on its way: the answer to a form that is gone would be laid in without what the form inherits
// (hx-swap, hx-ext), and its end be told to nobody.
const acting = new Map(); // element → the piece that its answer changes
const queue = []; // [piece, how the act is sent]
const waiting = new Map(); // element that asked → how it asks again

const taken = (piece) => [...acting.values()].some((one) => one === piece || (piece.id && one.id === piece.id));

document.addEventListener("htmx:confirm", (event) => {
  const { etc, issueRequest, question, target, verb } = event.detail;
  // Who called htmx.ajax waits for its promise, which would say that it was done.
  if (verb === "get" || question || etc.returnPromise || !taken(target)) return;
  event.preventDefault();
  queue.push([target, issueRequest]);
});

function sendNext() {
  for (const entry of [...queue]) {
    const [piece, issue] = entry;
    if (taken(piece)) continue;
    queue.splice(queue.indexOf(entry), 1);
    issue(true);
  }
}

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const { elt, requestConfig, target, xhr } = detail;
  if (requestConfig.verb === "get") return;
  acting.set(elt, target);
  xhr.addEventListener("loadend", () => {
    acting.delete(elt);
    sendNext();
    const late = acting.size ? [] : [...waiting];
    for (const [asker, again] of late) {
      waiting.delete(asker);
      if (asker.isConnected) again();
    }
  });
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target } = event.detail;
  const { elt, path, triggeringEvent, verb } = requestConfig;
  if (verb !== "get" || ![...acting.keys()].some((one) => one !== elt && target.contains(one))) return;
  event.detail.shouldSwap = false;
  waiting.set(elt, () => window.htmx.ajax("GET", path, { source: elt, target, event: triggeringEvent }));
});

/** A refresh that nobody asked for fails silently; the next one comes by itself. */
const unasked = (event) => /^(touch-|draft-saved)/.test(event.detail.requestConfig?.triggeringEvent?.type || "");

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (unasked(event) && xhr.status !== 401) return;
  if (xhr.status === 401) signedOut();
  else toast(refusal(xhr.responseText) || word("failed"), "error");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => navigator.onLine && !unasked(event) && toast(word("slow"), "error"));
}

// The pressed button shows that something runs, and cannot be pressed twice.
const busy = (form, on) => {
  for (const button of form.querySelectorAll?.("button[aria-busy]") || []) if (!on) button.removeAttribute("aria-busy");
};
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented && !event.target.hasAttribute("hx-post")) return;
  if (event.target.method === "post") event.submitter?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => busy(event.detail.elt, false));
addEventListener("pageshow", () => busy(document, false));
