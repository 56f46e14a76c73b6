// <input type="search" data-filters="#list">: what does not hold every typed word is hidden as one types.
import { announce, word } from "./page.js";

document.addEventListener("input", ({ target }) => {
  const list = target.matches?.("[data-filters]") && document.querySelector(target.dataset.filters);
  if (!list) return;
  const words = target.value.toLowerCase().split(/\s+/).filter(Boolean);
  const items = [...list.querySelectorAll("[data-filtered]")];
  for (const item of items) item.hidden = !words.every((one) => item.textContent.toLowerCase().includes(one));
  for (const group of list.querySelectorAll("fieldset, section")) group.hidden = !group.querySelector("[data-filtered]:not([hidden])");
  const left = items.filter((item) => !item.hidden).length;
  const none = document.getElementById(`${list.id}-none`);
  if (none) none.hidden = left > 0;
  announce(word("found", left));
});
