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
