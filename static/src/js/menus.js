// Menus are <details>: one open at a time, closed by Escape, by a click outside, after a choice.
const open = () => document.querySelectorAll("details.menu[open]");

function closeAll(except = null) {
  for (const menu of open()) if (!menu.contains(except)) menu.open = false;
}

document.addEventListener("toggle", (event) => event.target.matches?.("details.menu") && event.target.open && closeAll(event.target), true);
document.addEventListener("click", (event) => {
  closeAll(event.target);
  const item = event.target.closest("details.menu .menuitem");
  if (item && !item.matches("summary, [aria-haspopup]")) setTimeout(() => (item.closest("details.menu").open = false));
});
document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target) && event.target !== document.body) menu.open = false;
});

function moveInMenu(event, menu) {
  const items = [...menu.querySelectorAll(".menuitem")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !items.length || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) moveInMenu(event, menu);
  if (event.key !== "Escape" || !open().length) return;
  menu?.querySelector("summary")?.focus();
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
