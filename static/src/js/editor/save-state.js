// The line "Saved 10:42" in the page head.
import { icon, word } from "../shared.js";

const ICONS = { saved: "check", saving: "refresh", waiting: "wifi-off", failed: "warn", conflict: "warn" };

function sentence(state, count, at) {
  if (state === "saved") return at ? word("saved_at", at) : word("saved");
  if (state === "saving") return word("saving");
  if (state === "conflict") return word("two_texts");
  if (state === "failed") return word("not_taken");
  return count === 1 ? word("waiting_one") : word("waiting", count);
}

export function showSaveState(state, count = 0, at = "") {
  for (const line of document.querySelectorAll("[data-save-state]")) {
    const text = sentence(state, count, at);
    if (line.dataset.state === state && line.textContent === text) continue;
    line.dataset.state = state;
    line.replaceChildren(icon(ICONS[state]), document.createTextNode(text));
  }
}
