// A cell of a grid that is changed where it stands: Enter saves, Shift+Enter is a new line, Esc
// leaves it as it was. Without JavaScript the cell is a link to the whole row's form.
document.addEventListener("keydown", (event) => {
  const form = event.target.matches?.("textarea") && event.target.closest("form[data-cell]");
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    form.querySelector("[data-cell-leave]").click();
  }
});

// The cell that comes in takes the caret: its field, or after saving the cell itself.
document.addEventListener("htmx:afterSwap", () => {
  const field = document.querySelector("form[data-cell] textarea[autofocus], a.casecell[autofocus]");
  if (!field) return;
  field.removeAttribute("autofocus");
  field.focus();
  field.select?.();
});
