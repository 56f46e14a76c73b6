// Two people changed the same words: the server's panel (Mine, Theirs, Merged) is shown in the block.
import { element } from "../shared.js";

const place = (saver) => saver.form.closest("li, section, article")?.querySelector("[data-merge]");

export function showMerge(saver, html) {
  const panel = new DOMParser().parseFromString(html, "text/html").querySelector("[data-merge-panel]");
  const slot = place(saver) || saver.form.parentElement.appendChild(element("div", { "data-merge": "" }));
  if (!panel) return;
  panel.querySelectorAll("form").forEach((form) => (form.action = saver.action));
  slot.replaceChildren(document.adoptNode(panel));
  slot.querySelector("button")?.focus();
}

export function dropMerge(saver) {
  place(saver)?.replaceChildren();
}
