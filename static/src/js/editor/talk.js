// How many conversations are open about each block: #commented comes anew when somebody comments.
import { word } from "../shared.js";

function show() {
  const counts = JSON.parse(document.getElementById("commented")?.dataset.counts || "{}");
  for (const link of document.querySelectorAll("[data-comments]")) {
    const count = counts[link.closest("li.block").dataset.key] || 0;
    if (Number(link.dataset.comments) === count) continue;
    link.dataset.comments = count;
    link.hidden = !count;
    link.querySelector("[data-count]").textContent = count === 1 ? word("comment") : word("comments", count);
  }
}

document.addEventListener("htmx:afterSettle", show);
