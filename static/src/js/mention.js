// "@" in a comment lists people and teams who see the prompt. Without this the name is typed in full.
import { announce, element, word } from "./page.js";

const TYPED = /(?:^|[^\w@])@([^\n@]{0,40})$/;
let list = null;
let field = null;
let asked = 0;

function close() {
  list?.remove();
  list = null;
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

const options = () => [...(list?.children || [])];
const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

function choose(place) {
  const all = options();
  all.forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
  field.setAttribute("aria-activedescendant", all[place].id);
}

function take(name) {
  const caret = field.selectionStart;
  const typed = field.value.slice(0, caret).match(TYPED);
  if (!typed) return close();
  const start = caret - typed[1].length;
  field.setRangeText(`${name} `, start, caret, "end");
  close();
  field.focus();
}

function show(names) {
  close();
  if (!names.length) return;
  list = element("ul", { class: "names", id: "names", role: "listbox", "aria-label": field.getAttribute("aria-label") || "@" });
  names.forEach(({ name }, index) => {
    const option = element("li", { id: `name-${index}`, role: "option", "aria-selected": "false" }, name);
    option.addEventListener("mousedown", (event) => (event.preventDefault(), take(name)));
    list.append(option);
  });
  field.after(list);
  field.setAttribute("aria-controls", "names");
  choose(0);
  announce(word("found", names.length));
}

async function ask(query) {
  const mine = (asked += 1);
  const url = new URL(field.dataset.names, location.href);
  url.searchParams.set("q", query);
  const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  show((await answer.json()).names);
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("textarea[data-names]")) return;
  field = event.target;
  const typed = field.value.slice(0, field.selectionStart).match(TYPED);
  if (typed) ask(typed[1]);
  else {
    asked += 1;
    close();
  }
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const count = options().length;
  if (step) choose((chosen() + step + count) % count);
  else if (event.key === "Enter" || event.key === "Tab") take(options()[chosen()].textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => event.target === field && close());
