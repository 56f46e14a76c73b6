// A card dragged to the column where it goes next opens the panel of its button. A drop never releases.
let link = null;

const columnAt = (target) => target.closest?.(".board [data-column]");
const takes = (column) => Boolean(link && column && column.dataset.column === link.dataset.promote);

function clear() {
  link = null;
  for (const column of document.querySelectorAll(".col.takes, .col.over")) column.classList.remove("takes", "over");
}

document.addEventListener("dragstart", ({ target, dataTransfer }) => {
  const card = target.closest?.(".board .card[draggable=true]");
  if (!card) return;
  link = card.querySelector("[data-promote]");
  dataTransfer.effectAllowed = "move";
  dataTransfer.setData("text/plain", link.href);
  for (const column of document.querySelectorAll(".board [data-column]")) column.classList.toggle("takes", takes(column));
});

document.addEventListener("dragover", (event) => {
  const column = columnAt(event.target);
  for (const other of document.querySelectorAll(".col.over")) other.classList.toggle("over", other === column);
  if (!takes(column)) return;
  event.preventDefault();
  column.classList.add("over");
});

document.addEventListener("drop", (event) => {
  if (!takes(columnAt(event.target))) return;
  event.preventDefault();
  link.click();
  clear();
});

document.addEventListener("dragend", clear);
