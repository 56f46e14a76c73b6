// The page of a review: its decision opens with the choice that was pressed, a comment with the caret
// in its box. Without this the popover and the forms work all the same.
const boxOf = (opened) => opened.querySelector("textarea, [contenteditable=true]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-finish]");
  const choice = button && document.querySelector(`#finish input[value="${button.dataset.finish}"]:not(:disabled)`);
  if (choice) choice.checked = true;
});

document.addEventListener(
  "toggle",
  (event) => {
    const opened = event.target;
    if (opened.id === "finish" && event.newState === "open") {
      const chosen = opened.querySelector("input[name=outcome]:checked");
      (chosen?.value === "approve" ? chosen : boxOf(opened))?.focus();
    }
    if (opened.matches?.("details.reply") && opened.open) boxOf(opened)?.focus();
  },
  true,
);

// A folded block that a link points at is opened before the page jumps to it.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const fold = link && document.getElementById(link.hash.slice(1))?.closest("details:not([open])");
  if (fold) fold.open = true;
});
