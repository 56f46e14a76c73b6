// Changing a textarea as if it were typed, so that the browser's own undo takes it back.

/** Puts `text` in the place of what stands from `from` to `to`. */
export function put(field, from, to, text) {
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  const typed = document.execCommand(text ? "insertText" : "delete", false, text);
  if (typed || (from === to && !text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
