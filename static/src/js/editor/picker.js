// The picker of blocks stands where it was asked for: under its own button, or below the block whose
// "+" was pressed or in which "/" was typed; what is chosen comes just there. "Snippet…" goes on to
// the list of snippets at the same place.
const PLACES = "[data-picker], #insert-snippet";
const placeOf = (menu) => menu.querySelector("[name=after]")?.value || "";

function setPlace(menu, key) {
  for (const field of menu.querySelectorAll("[name=after]")) field.value = key;
}

function open(menu, key, opener) {
  setPlace(menu, key);
  menu.opener = opener;
  menu.open = true;
  menu.querySelector(".menuitem")?.focus({ preventScroll: true });
}

function stand(menu) {
  const block = document.getElementById(`block-${placeOf(menu)}`);
  const list = menu.querySelector(".menulist");
  const where = menu.querySelector("[data-where]");
  const words = block?.querySelector("[data-add-below]")?.textContent.trim() || "";
  if (where) [where.textContent, where.hidden] = [words, !words];
  const below = block && block.getBoundingClientRect().bottom - list.offsetParent.getBoundingClientRect().top;
  list.style.insetBlockStart = block ? `${below + 10}px` : "";
  menu.opener ??= block?.querySelector("block-editor");
  list.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-add-below]");
  const picker = document.querySelector("[data-picker]");
  if (link && picker && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(picker, link.closest("li.block").dataset.key, link);
  } else if (event.target.closest("[data-snippets]")) {
    const { opener } = picker;
    picker.open = false;
    open(document.getElementById("insert-snippet"), placeOf(picker), opener);
  }
  // Its own button adds at the end.
  const own = event.target.closest("summary")?.parentElement;
  if (own?.matches(PLACES)) setPlace(own, "");
});

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches?.(PLACES)) return;
    if (target.open) return stand(target);
    // The next one finds all of it again. (Escape may have cleared the field itself.)
    const field = target.querySelector("[data-filters]");
    if (!field?.value && !target.querySelector("[data-filtered][hidden]")) return;
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  },
  true,
);
