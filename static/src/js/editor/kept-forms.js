// A half-filled form beside the text (form[data-kept]) is nobody's business but the writer's: it stays
// while the pane around it comes anew, comes back when its pane does, and asks before the page is left.
const away = new Map(); // address → what was typed, while its pane is not shown

const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden");

function changed(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.localName !== "select") return field.value !== field.defaultValue;
  const first = [...field.options].find((option) => option.defaultSelected) || field.options[0];
  return field.value !== (first?.value ?? "");
}

/** Something was typed that is not saved; a refused form comes back with it (data-typed). */
const dirty = (form) => form.hasAttribute("data-typed") || fields(form).some(changed);
const all = (root) => [...root.querySelectorAll("form[data-kept]")];
const held = (root) => all(root).filter((form) => !form.answered && dirty(form));

/** For the swaps (morph.js): true when `old` has to stay as it is. */
globalThis.galley.keeps = (old, fresh) => {
  if (old.matches("form[data-kept]")) return !old.answered && dirty(old);
  if (old.localName === "details" && old.open && fresh?.localName === "details") {
    const forms = all(old);
    if (forms.length && !forms[0].answered) fresh.setAttribute("open", "");
  }
  return false;
};
globalThis.galley.staysWithWords = (gone) => gone.matches(".varrow") && held(gone).length > 0;

// The answer to a form replaces that form, and no other.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (form?.matches?.("form[data-kept]")) form.answered = detail.shouldSwap;
  if (detail.target.id === "pane") for (const left of held(detail.target)) away.set(left.action, fields(left).map((field) => [field.id, field.type === "checkbox" ? field.checked : field.value]));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const form of all(document)) {
    form.answered = false;
    if (away.has(form.action)) back(form);
  }
});

function back(form) {
  for (const [id, value] of away.get(form.action)) {
    const field = form.elements.namedItem(id);
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
  away.delete(form.action);
  if (form.closest("details")) form.closest("details").open = true;
}

addEventListener("beforeunload", (event) => (away.size || held(document).length) && event.preventDefault());
