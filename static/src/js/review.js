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

// Asking for a review: another place has another effect and another summary. A summary that somebody
// wrote stays theirs. Whether it is released when approved begins anew, as the rule of that place says.
const atPlace = () => document.querySelector("#asked-effect [data-summary]")?.dataset;
const writtenFor = () => atPlace()?.summary.trim();
let own = true;
document.addEventListener("htmx:beforeSwap", ({ target }) => {
  const box = document.querySelector("#panel textarea[name=summary]");
  if (target.id === "asked-effect") own = !box || box.value.trim() !== writtenFor();
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "asked-effect") return;
  if (!own) document.querySelector("#panel textarea[name=summary]").value = writtenFor();
  if (!decided) document.querySelector("#panel input[name=release_when_approved]").checked = atPlace().releases === "yes";
});
// Whoever ticks it before the answer about the place is there has decided.
let decided = false;
document.addEventListener("change", ({ target }) => {
  if (target.matches("#panel select[name=environment]")) decided = false;
  if (target.matches("#panel input[name=release_when_approved]")) decided = true;
});

// A folded block that a link points at is opened before the page jumps to it.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const fold = link && document.getElementById(link.hash.slice(1))?.closest("details:not([open])");
  if (fold) fold.open = true;
});
