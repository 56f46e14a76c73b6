// Keys on a block that has the focus itself (Escape leads there from its text). Each presses what the
// block's menu offers, so keys, menu and pointer do the same. Single letters can be switched off.
const LETTERS = { t: "retype", p: "position", o: "switch", d: "duplicate" };
const NAMED = { Delete: "remove", Backspace: "remove" };
const STEPS = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" };

function openMenu(block, then) {
  const menu = block.querySelector(".tools > details.menu");
  if (!menu) return false;
  menu.open = true;
  menu.opener = block;
  if (then) then();
  else menu.querySelector(".menuitem")?.focus();
  return true;
}

function press(block, act) {
  const item = block.querySelector(`[data-act="${act}"]`);
  if (!item) return false;
  if (item.localName !== "summary") return item.click() ?? true;
  return openMenu(block, () => {
    item.parentElement.open = true;
    const field = item.parentElement.querySelector("input:not([type=hidden]), [aria-current], button");
    field?.focus();
    field?.select?.();
  });
}

function go(block, step) {
  const other = block[STEPS[step]];
  if (!other?.matches("li.block")) return false;
  other.focus({ preventScroll: true });
  other.scrollIntoView({ block: "nearest", behavior: "auto" });
  return true;
}

function addBelow(block) {
  (block.querySelector("[data-add-below]") || document.querySelector("[data-picker] > summary"))?.click();
  return true;
}

/** True when the key was meant for the block. */
export function blockKey(event, block) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { key } = event;
  if (key === "Enter") return block.querySelector("block-editor, textarea")?.focus() ?? true;
  if (key === "ContextMenu" || (key === "F10" && event.shiftKey)) return openMenu(block);
  if (STEPS[key]) return go(block, key);
  if (NAMED[key]) return press(block, NAMED[key]);
  if (document.body.dataset.letters === "off") return false;
  if (key === "+") return addBelow(block);
  if (key.toLowerCase() === "c") return block.querySelector("[data-comment]")?.click() ?? true;
  const act = LETTERS[key.toLowerCase()];
  return act ? press(block, act) : false;
}
