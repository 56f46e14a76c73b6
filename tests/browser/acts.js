// Counts the deliberate acts of a person in this tab; acts.py says what is one.
(() => {
  const KEY = "test-acts";
  const SILENT = ["Tab", "Shift", "Control", "Alt", "Meta"];
  const FIELDS = "input, textarea, select, [contenteditable=true]";
  const TYPED = "textarea, [contenteditable=true], input:not([type=radio], [type=checkbox], [type=submit])";
  let last = null;

  const field = (node) => node.closest?.(FIELDS) || null;
  const typed = (node) => Boolean(node?.matches(TYPED));

  function add({ type, key = "", target }) {
    const said = JSON.parse(sessionStorage.getItem(KEY) || "[]");
    said.push(`${type} ${key} ${target.outerHTML?.slice(0, 90)}`);
    sessionStorage.setItem(KEY, JSON.stringify(said));
  }

  function pressed(event) {
    add(event);
    last = field(event.target) || event.target.closest?.("label")?.control || null;
  }

  function filled(event) {
    const here = field(event.target);
    // A hidden field is the copy that a richer editor keeps.
    if (event.target.hidden || here === last || (event.isTrusted && !typed(here))) return;
    add(event);
    last = here;
  }

  function key(event) {
    const inText = typed(field(event.target));
    const letter = event.key.length === 1;
    if (event.key === "Enter" ? !inText : inText ? (event.ctrlKey || event.metaKey) && letter : !SILENT.includes(event.key)) add(event);
  }

  addEventListener("pointerdown", pressed, true);
  addEventListener("input", filled, true);
  addEventListener("keydown", key, true);
})();
