// <block-editor>: CodeMirror over a real textarea. The textarea holds the truth and is what is saved;
// without JavaScript, or with the attribute "plain", it is the editor.
import { nonce, word } from "../shared.js";
import { autocompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Annotation, Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { braces, chips, redraw } from "./chips.js";
import { commented } from "./commented.js";
import { completeVariable } from "./complete.js";
import { edits } from "./edits.js";
import { hiddenMarks } from "./hidden.js";
import "./incoming.js";
import "./kept-forms.js";
import { look } from "./look.js";
import { PlainBox } from "./plain.js";
import "./rows.js";
import { respellField, respellView, Unknowns } from "./unknowns.js";
import { onDeclared } from "./variables.js";

const fromServer = Annotation.define();

class BlockEditor extends HTMLElement {
  connectedCallback() {
    // Moved in the list: the same editor goes on.
    if (this.stop) return;
    this.field = this.querySelector("textarea");
    if (!this.field) return;
    this.unknowns = new Unknowns(this);
    if (this.hasAttribute("plain")) this.beginPlain();
    else this.begin();
    this.stop = onDeclared(() => {
      this.view?.dispatch({ effects: redraw.of(null) });
      this.unknowns.draw();
    });
    this.unknowns.draw();
  }

  begin() {
    this.labels = new Compartment();
    this.view = new EditorView({ state: this.state(this.field.value), parent: this });
    this.field.hidden = true;
    this.classList.add("live");
  }

  beginPlain() {
    this.box = new PlainBox(this.field, this);
    this.field.addEventListener("input", () => this.unknowns.draw());
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected || !this.stop) return;
      this.stop();
      this.view?.destroy();
      this.stop = this.view = null;
    });
  }

  state(doc) {
    return EditorState.create({
      doc,
      extensions: [
        EditorView.cspNonce.of(nonce),
        Prec.high(keymap.of(this.keys())),
        history(),
        autocompletion({ override: [completeVariable], icons: false, maxRenderedOptions: 50 }),
        keymap.of([...historyKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        placeholder(this.field.placeholder),
        this.labels.of(this.names()),
        EditorState.readOnly.of(this.field.readOnly),
        EditorView.editable.of(!this.field.readOnly),
        braces,
        chips,
        commented,
        hiddenMarks,
        look,
        EditorView.updateListener.of((update) => this.changed(update)),
      ],
    });
  }

  names() {
    const label = this.getAttribute("label") || this.field.getAttribute("aria-label") || "";
    return EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-multiline": "true",
      "aria-description": word("editor_help"),
      spellcheck: "true",
      dir: "auto",
    });
  }

  keys() {
    return [
      { key: "Mod-Enter", run: () => this.next() },
      { key: "Escape", run: () => this.leave() },
      { key: "/", run: (view) => view.state.doc.length === 0 && this.pick() },
      // Not for the text: the editor of the whole draft hears these.
      { key: "Alt-Shift-ArrowUp", run: () => true },
      { key: "Alt-Shift-ArrowDown", run: () => true },
      { key: "Mod-s", run: () => true },
    ];
  }

  next() {
    const all = [...document.querySelectorAll("block-editor")];
    const following = all[all.indexOf(this) + 1];
    if (following) following.focus();
    else document.querySelector(".addhere summary")?.focus();
    return true;
  }

  leave() {
    const block = this.closest("li.block");
    if (!block) return false;
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
    return true;
  }

  pick() {
    const picker = this.closest("li.block")?.querySelector("[data-picker]") || document.querySelector("draft-editor [data-picker]");
    if (!picker) return false;
    picker.open = true;
    this.comesAfter(picker);
    setTimeout(() => picker.querySelector(".menuitem")?.focus());
    return true;
  }

  /** What is chosen stands behind this block; opened by its own button, the list adds at the end. */
  comesAfter(picker) {
    const after = picker.querySelector("[name=after]");
    if (!after) return;
    after.value = this.closest("li.block")?.dataset.key || "";
    picker.querySelector("summary").addEventListener("click", () => (after.value = ""), { once: true });
  }

  focus() {
    (this.view || this.querySelector("textarea")).focus();
  }

  changed(update) {
    if (!update.docChanged) return;
    this.field.value = update.state.doc.toString();
    this.unknowns.draw();
    if (update.transactions.some((one) => one.annotation(fromServer))) return;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Shows a text that was not typed here; the caret stays where its words are. */
  show(text) {
    if (!this.view) return;
    const old = this.view.state.doc.toString();
    if (old === text) return;
    this.view.dispatch({ changes: edits(old, text), annotations: fromServer.of(true) });
  }

  /** The block list came anew: take over what another person wrote, and the new place in the list. */
  takeOver(fresh) {
    const field = fresh.querySelector("textarea");
    this.setAttribute("label", fresh.getAttribute("label") || "");
    this.field ??= this.querySelector("textarea");
    this.field.setAttribute("aria-label", field.getAttribute("aria-label") || "");
    this.field.value = field.value;
    if (!this.view) return this.unknowns?.draw();
    this.show(field.value);
    this.view.dispatch({ effects: this.labels.reconfigure(this.names()) });
  }

  // ---- names that nobody declared ----

  texts() {
    return [this.field.value];
  }

  respell(name, to) {
    if (this.view) respellView(this.view, name, to);
    else respellField(this.field, name, to);
  }
}
customElements.define("block-editor", BlockEditor);
