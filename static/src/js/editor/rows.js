// <example-rows>: pairs of input and answer. The last row is always an empty one to go on in; rows
// are moved by their grip, their menu or keys, and a deleted one comes back by one click.
import Sortable from "sortablejs";
import { announce, toast, word } from "../shared.js";
import { PlainBox } from "./plain.js";
import { respellField, Unknowns } from "./unknowns.js";
import { onDeclared } from "./variables.js";

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const fields = (row) => [...row.querySelectorAll("textarea")];
const said = (row) => JSON.stringify(fields(row).map((field) => field.value));
const isBlank = (row) => fields(row).every((field) => !field.value);

class ExampleRows extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.list = this.querySelector("ol");
    if (!this.list) return;
    this.unknowns = new Unknowns(this);
    this.stop = onDeclared(() => this.unknowns.draw());
    this.rows.forEach((row) => this.begin(row));
    if (!this.listening) this.listen();
    this.unknowns.draw();
  }

  listen() {
    this.listening = true;
    this.addEventListener("click", (event) => this.pressed(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("input", () => this.settle());
    Sortable.create(this.list, {
      handle: ".rowgrip",
      draggable: "li.exrow:not(.blank)",
      animation: calm() ? 0 : 140,
      forceFallback: true,
      fallbackTolerance: 4,
      onMove: (event) => !event.related.matches(".blank"),
      onEnd: (event) => event.oldIndex !== event.newIndex && this.moved(event.item),
    });
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected || !this.stop) return;
      this.stop();
      this.stop = null;
    });
  }

  get rows() {
    return [...this.list.children];
  }

  begin(row) {
    const [input, output] = fields(row);
    if (input.box) return;
    for (const field of [input, output]) field.box = new PlainBox(field, null);
    output.setAttribute("aria-description", word("row_help"));
  }

  // ---- what one does with a row ----

  pressed(event) {
    const button = event.target.closest("[name=act]");
    if (!button) return;
    event.preventDefault();
    const [act] = button.value.split(" ");
    const row = button.closest("li.exrow");
    if (act === "add") this.go(this.rows.at(-1));
    else if (act === "duplicate") this.duplicate(row);
    else if (act === "remove") this.drop(row);
    else this.move(row, act === "up" ? -1 : 1);
  }

  key(event) {
    const row = event.target.closest("li.exrow");
    if (!row || event.isComposing) return;
    const step = event.altKey && event.shiftKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : 0;
    if (step) this.move(row, step, event.target);
    else if (event.key === "Enter" && this.isDone(event, row)) this.go(row.nextElementSibling);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Enter behind the last letter of an answer: this example is done. */
  isDone(event, row) {
    const { target } = event;
    if (target.name !== "output" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    return target.value && target.selectionStart === target.value.length && row.nextElementSibling;
  }

  go(row) {
    fields(row)[0].focus();
  }

  move(row, step, focus = fields(row)[0]) {
    const all = this.rows;
    const to = all.indexOf(row) + step;
    if (!row.matches(".blank") && all[to] && !all[to].matches(".blank")) {
      if (step < 0) all[to].before(row);
      else all[to].after(row);
      this.touch();
    }
    focus.focus();
    this.place(row);
  }

  moved(row) {
    this.touch();
    this.place(row);
  }

  place(row) {
    const total = this.rows.length - 1;
    announce(word("row_place", `${Math.min(this.rows.indexOf(row) + 1, total)}/${total}`));
  }

  duplicate(row) {
    if (row.matches(".blank")) return this.go(row);
    const copy = this.copy(row);
    row.after(copy);
    this.touch();
    this.go(copy);
  }

  copy(row) {
    const made = row.cloneNode(true);
    made.querySelectorAll("details[open]").forEach((menu) => (menu.open = false));
    made.querySelectorAll(".names").forEach((list) => list.remove());
    fields(made).forEach((field, at) => (field.value = fields(row)[at].value));
    made.classList.remove("blank");
    this.begin(made);
    return made;
  }

  drop(row) {
    if (row.matches(".blank")) return this.go(row);
    const at = this.rows.indexOf(row);
    row.remove();
    this.touch();
    this.go(this.rows[Math.min(at, this.rows.length - 1)]);
    toast(word("row_deleted", at + 1), "success", () => this.back(row, at));
  }

  back(row, at) {
    if (!this.isConnected) return;
    this.rows[Math.min(at, this.rows.length - 1)].before(row);
    this.touch();
    this.go(row);
  }

  // ---- what the rows say ----

  touch() {
    fields(this.rows[0])[0].dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The last row is empty, and each says which one it is. */
  settle() {
    if (!isBlank(this.rows.at(-1))) {
      const made = this.copy(this.rows.at(-1));
      fields(made).forEach((field) => (field.value = ""));
      this.list.append(made);
    }
    this.rows.forEach((row, at, all) => this.number(row, at, at === all.length - 1));
    this.unknowns.draw();
  }

  number(row, at, last) {
    row.classList.toggle("blank", last);
    const [input, output] = fields(row);
    input.setAttribute("aria-label", word("row_input", at + 1));
    output.setAttribute("aria-label", word("row_output", at + 1));
    const menu = row.querySelector("summary");
    menu.setAttribute("aria-label", word("row_more", at + 1));
    menu.title = word("row_more", at + 1);
  }

  texts() {
    return this.rows.flatMap((row) => fields(row).map((field) => field.value));
  }

  respell(name, to) {
    for (const row of this.rows) for (const field of fields(row)) respellField(field, name, to);
  }

  focus() {
    this.go(this.rows[0]);
  }

  /** The block list came anew with these rows: where they say the same, nothing moves. */
  takeOver(fresh) {
    if (!this.list) return;
    const wanted = [...fresh.querySelectorAll("li.exrow:not(.blank)")];
    const here = this.rows.filter((row) => !isBlank(row));
    if (wanted.map(said).join() === here.map(said).join()) return;
    const active = document.activeElement;
    const free = this.rows.slice(0, -1);
    const rows = wanted.map((row) => take(free, (one) => said(one) === said(row)) || row);
    rows.forEach((row, at) => (rows[at] = row.parentElement === this.list ? row : this.filled(take(free, () => true), row)));
    free.forEach((row) => row.remove());
    this.rows.at(-1).before(...rows);
    this.settle();
    if (this.contains(active) && document.activeElement !== active) active.focus();
  }

  /** A row that is left over, or a new one, with other words. */
  filled(old, fresh) {
    const row = old || this.copy(this.rows.at(-1));
    fields(row).forEach((field, at) => (field.value = fields(fresh)[at].value));
    return row;
  }
}
customElements.define("example-rows", ExampleRows);

function take(rows, fits) {
  const at = rows.findIndex(fits);
  return at < 0 ? null : rows.splice(at, 1)[0];
}
