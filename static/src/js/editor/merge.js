// Two people changed the same words: the server's panel (Mine, Theirs, Merged) is shown in the block.
import { announce, element } from "../shared.js";

const place = (saver) => saver.form.closest("li, section, article")?.querySelector("[data-merge]");

export function showMerge(saver, html) {
  const panel = new DOMParser().parseFromString(html, "text/html").querySelector("[data-merge-panel]");
  const slot = place(saver) || saver.form.parentElement.appendChild(element("div", { "data-merge": "" }));
  if (!panel) return;
  panel.querySelectorAll("form").forEach((form) => (form.action = saver.action));
  slot.replaceChildren(document.adoptNode(panel));
  // Whoever is typing goes on typing: the focus stays, and the panel is only told of.
  announce(slot.querySelector("h3")?.textContent.trim() || "");
}

/** Everything typed into a block as one text, example rows in the words that the server writes. */
export function wholeOf(form) {
  const values = (name) => [...form.elements].filter((field) => field.name === name).map((field) => field.value);
  const outputs = values("output");
  const rows = values("input").map((input, at) => [input, outputs[at]]).filter(([input, output]) => input || output);
  const written = rows.map(([input, output]) => `Input: ${input}\nOutput: ${output}`).join("\n\n");
  return [form.elements.namedItem("body").value, written].filter(Boolean).join("\n\n");
}

export function dropMerge(saver) {
  place(saver)?.replaceChildren();
}
