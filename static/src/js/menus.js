// Menus are <details>: one open at a time, closed by Escape, by a click outside, after a choice.
const open = () => document.querySelectorAll("details.menu[open]");

function closeAll(except = null) {
  for (const menu of open()) if (!menu.contains(except)) menu.open = false;
}

function toggled({ target }) {
  if (!target.matches?.("details.menu")) return;
  if (target.open) closeAll(target);
  if (target.open && target.closest("main")) target.querySelector(".menulist")?.scrollIntoView({ block: "nearest" });
  else target.opener = null;
}
document.addEventListener("toggle", toggled, true);
document.addEventListener("click", (event) => {
  closeAll(event.target);
  const item = event.target.closest("details.menu .menuitem");
  if (item && !item.matches("summary, [aria-haspopup]")) setTimeout(() => (item.closest("details.menu").open = false));
});
document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target) && event.target !== document.body) menu.open = false;
});

/** Items that one sees: not what a filter or a closed submenu hides. */
const shown = (menu) => [...menu.querySelectorAll(".menuitem")].filter((item) => item.checkVisibility());

function moveInMenu(event, menu) {
  const items = shown(menu);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!items.length) return;
  if (event.target.matches("[data-filters]")) return fromFilter(event, items);
  if (event.target.matches("input, textarea, select")) return;
  if (!step) return toFilter(event, menu);
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
}

/** In the field of a menu: down goes to what it found, Enter takes the first of it. */
function fromFilter(event, items) {
  if (!["ArrowDown", "Enter"].includes(event.key) || event.isComposing) return;
  event.preventDefault();
  if (event.key === "Enter") items[0].click();
  else items[0].focus();
}

/** A letter typed in a menu that has a field goes into the field. */
function toFilter(event, menu) {
  const field = menu.querySelector("[data-filters]");
  const letter = [...event.key].length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (field && letter) field.focus();
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) moveInMenu(event, menu);
  if (event.key !== "Escape" || !open().length) return;
  // What opened it from elsewhere has the focus again; else its own button.
  const back = menu?.opener?.isConnected ? menu.opener : menu?.querySelector("summary");
  back?.focus();
  closeAll();
});

// <button data-opens="id"> opens a <dialog>; a click on its backdrop closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.localName === "dialog") event.target.close();
});

// The summary of errors takes the focus, on load and after each swap.
const toErrors = (root) => root.querySelector?.(".errors[autofocus]")?.focus();
document.addEventListener("DOMContentLoaded", () => toErrors(document));
document.addEventListener("htmx:afterSettle", (event) => toErrors(event.target));
