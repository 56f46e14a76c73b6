// form[data-rate]: each key chooses what carries it as data-rate-key; Enter goes to the next answer.
const writing = (node) => node.closest?.("textarea, select, [contenteditable=true], input:not([type=radio])");
const own = (node) => node.closest?.("a, button, summary");

document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-rate]");
  if (!form || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || writing(event.target)) return;
  if (document.querySelector("dialog[open]") || document.body.dataset.letters === "off") return;
  if (event.key === "Enter" && own(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = form.querySelector(`[data-rate-key="${CSS.escape(key)}"]`);
  if (!found) return;
  event.preventDefault();
  found.focus({ preventScroll: true });
  found.click();
});
