// Ctrl/⌘K: one field over everything. The server answers with a listbox; the arrows choose, Enter goes there.
const dialog = () => document.getElementById("palette");
const field = () => document.getElementById("palette-field");
const options = () => [...document.querySelectorAll("#palette-list [role=option]")];
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (!option) return field().removeAttribute("aria-activedescendant");
  field().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest", behavior: "auto" });
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all[(at + by + all.length) % all.length]);
}

export function openPalette(text = "") {
  if (!dialog() || dialog().open || document.querySelector("dialog[open]")) return;
  dialog().showModal();
  field().value = text;
  field().focus();
  field().dispatchEvent(new Event("palette-open"));
}

function press(name) {
  dialog().close();
  if (name === "keys") document.getElementById("keys")?.showModal();
  else document.querySelector(`[data-${name}-switch] button`)?.click();
}

function go(option, apart = false) {
  const { href, press: name } = option.dataset;
  if (name) press(name);
  else if (apart) open(href, "_blank", "noopener");
  else {
    dialog().close();
    location.assign(href);
  }
}

document.addEventListener("keydown", (event) => {
  const opens = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
  if (opens && !event.defaultPrevented && dialog()) {
    event.preventDefault();
    if (dialog().open) dialog().close();
    else openPalette();
    return;
  }
  if (event.target !== field() || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && chosen()) {
    event.preventDefault();
    go(chosen(), event.ctrlKey || event.metaKey);
  }
});

document.addEventListener("click", (event) => {
  const option = event.target.closest("#palette-list [role=option]");
  if (option) go(option, event.ctrlKey || event.metaKey);
});

document.addEventListener("mousedown", (event) => {
  const search = event.target.closest("[data-search]");
  if (!search || !dialog()) return;
  event.preventDefault();
  openPalette(search.value);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "palette-found") choose(options()[0]);
});
