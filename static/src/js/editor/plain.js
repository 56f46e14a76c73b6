// The setting "plain boxes": the textarea itself is the editor. It has what the other one has: `{{`
// lists the variables, "/" in an empty box opens the list of blocks.
import { announce, element, word } from "../shared.js";
import { put } from "./fields.js";
import { declared } from "./variables.js";

const TYPED = /(\\*)\{\{ {0,8}([A-Za-z0-9_]{0,64})$/;
const MOST = 50;
let count = 0;

export class PlainBox {
  /** `owner` is the block editor: it has `next()`, `leave()` and `pick()`. */
  constructor(field, owner) {
    this.field = field;
    this.owner = owner;
    this.list = null;
    field.addEventListener("input", () => this.offer());
    field.addEventListener("keydown", (event) => this.key(event), true);
    field.addEventListener("blur", () => this.close());
    if (owner) field.setAttribute("aria-description", word("editor_help"));
  }

  // ---- keys ----

  key(event) {
    const act = this.list ? this.inList(event.key) : this.inText(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  inList(key) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const all = [...this.list.children];
    if (step) return () => this.choose((this.chosen() + step + all.length) % all.length);
    if (key === "Enter" || key === "Tab") return () => this.take(all[this.chosen()].dataset.name);
    return key === "Escape" ? () => this.close() : null;
  }

  inText(event) {
    if (event.key === "/" && !this.field.value && this.owner) return () => this.owner.pick();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.owner) return () => this.owner.next();
    if (event.key === "Escape" && this.owner) return () => this.owner.leave();
    return null;
  }

  // ---- the list ----

  get typed() {
    const { selectionStart, selectionEnd, value } = this.field;
    const found = selectionStart === selectionEnd && value.slice(Math.max(0, selectionStart - 90), selectionStart).match(TYPED);
    return found && found[1].length % 2 === 0 ? found[2] : null;
  }

  offer() {
    const { typed } = this;
    this.close();
    if (typed === null) return;
    const all = declared().filter((one) => one.name.toLowerCase().includes(typed.toLowerCase())).slice(0, MOST);
    if (!all.length) return;
    count += 1;
    this.list = element("ul", { class: "names", id: `offers-${count}`, role: "listbox", "aria-label": word("variables") }, ...all.map((one, at) => this.option(one, at)));
    this.field.after(this.list);
    this.field.setAttribute("aria-controls", this.list.id);
    this.choose(0);
    announce(word("found", all.length));
  }

  option(variable, at) {
    const more = [variable.label, variable.sample].filter(Boolean).join(" · ");
    const made = element("li", { id: `offer-${count}-${at}`, role: "option", "aria-selected": "false", "data-name": variable.name });
    made.append(element("span", { class: "var" }, variable.name), " ", element("span", { class: "muted small" }, more));
    made.addEventListener("mousedown", (event) => (event.preventDefault(), this.take(variable.name)));
    return made;
  }

  chosen() {
    return [...this.list.children].findIndex((option) => option.getAttribute("aria-selected") === "true");
  }

  choose(at) {
    [...this.list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    const option = this.list.children[at];
    this.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  take(name) {
    const caret = this.field.selectionStart;
    const closed = this.field.value.slice(caret, caret + 2) === "}}";
    const { typed } = this;
    this.close();
    put(this.field, caret - (typed || "").length, closed ? caret + 2 : caret, `${name}}}`);
    this.close();
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }
}
