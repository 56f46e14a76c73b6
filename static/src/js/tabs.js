// Tabs that do not fit scroll sideways: the one that is shown begins in view.
for (const shown of document.querySelectorAll(".tabs [aria-current]")) {
  const row = shown.closest(".tabs");
  const [outer, inner] = [row.getBoundingClientRect(), shown.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}
