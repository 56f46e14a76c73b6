// A card's or a row's title opens its drawer beside the board or the table. Escape and the cross close it; the focus goes back
// to where it came from.
let opener = null;

const drawer = () => document.querySelector(".withpanel > #panel[data-drawer]");

function mark(on) {
  for (const card of document.querySelectorAll(".card.on, tr.on")) card.classList.remove("on");
  if (on) opener?.closest(".card, tr")?.classList.add("on");
}

function close() {
  const empty = document.createElement("div");
  empty.id = "panel";
  drawer().replaceWith(empty);
  mark(false);
  if (opener?.isConnected) opener.focus();
  opener = null;
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.closest?.(".card .t, .table th") && detail.elt.getAttribute("hx-target") === "#panel") opener = detail.elt;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt?.id !== "panel") return;
  const open = drawer();
  mark(Boolean(open));
  open?.querySelector("h2")?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !drawer() || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  close();
});

document.addEventListener("click", (event) => {
  const cross = event.target.closest?.("[data-close]");
  if (!cross || !drawer()?.contains(cross) || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  close();
});
