// Single letters work outside text fields only, and never with a modifier.
// The list that the letters act on carries data-keys, its items data-key-item.
const typing = (node) => node.closest?.("input, textarea, select, [contenteditable=true]");

function current(items) {
  return items.findIndex((item) => item.contains(document.activeElement));
}

function step(by) {
  const items = [...document.querySelectorAll("[data-keys] [data-key-item]")];
  if (!items.length) return false;
  const at = current(items);
  const next = items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))];
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", behavior: "auto" });
  return true;
}

function press(name, inside = true) {
  const items = [...document.querySelectorAll("[data-keys] [data-key-item]")];
  const item = items[current(items)];
  const button = inside ? item?.querySelector(`[data-key-${name}]`) : document.querySelector(`[data-key-${name}]`);
  button?.click();
  return Boolean(button);
}

/** The menu that just opened takes the focus: what is chosen in it is one more key. */
const into = () => (setTimeout(() => document.querySelector("details.menu[open] .menuitem")?.focus()), true);

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  e: () => press("done"),
  h: () => press("snooze") && into(),
  c: () => press("comment"),
  a: () => press("approve", false),
  Enter: () => document.activeElement.matches("[data-key-item]") && press("open"),
  "?": () => document.getElementById("keys")?.showModal() ?? true,
  "/": () => document.querySelector("[data-search]")?.focus() ?? true,
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || document.body.dataset.letters === "off") return;
  if (ACTIONS[event.key]?.()) event.preventDefault();
});
