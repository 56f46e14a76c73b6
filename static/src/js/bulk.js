// Rows that are chosen in a list: Shift takes all between two, one box takes all that are shown.
import { announce, word } from "./page.js";

let last = null;
const boxes = () => [...document.querySelectorAll('input[type="checkbox"][name="prompt"]')];

document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.matches?.("[data-chooses-all]")) {
    for (const box of boxes()) box.checked = target.checked;
  } else if (target.matches?.('input[type="checkbox"][name="prompt"]')) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
    if (shiftKey && from >= 0) for (const box of all.slice(from, to + 1)) box.checked = target.checked;
    last = target;
  } else {
    return;
  }
  announce(word("chosen", boxes().filter((box) => box.checked).length));
});
