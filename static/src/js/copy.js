// <button data-copy="#id"> copies a field or an element's text.
import { announce, word } from "./page.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  announce(word("copied"));
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = word("copied");
  setTimeout(() => (label.textContent = before), 2000);
});
