// Saves one form as it is typed: one request at a time, again until the server has it, and the text
// lies in the browser until then. The form says `unsaved` to whoever wants to replace it.
import { adopt, csrf, refusal, renewToken, stash, toast, unstash, word } from "../shared.js";

const QUIET = 800;
const LONGEST = 30000;
const TOO_LONG_TO_LEAVE = 60000;

const read = (form) => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
const words = (entries) => JSON.stringify(entries.filter(([name]) => name !== "revision"));

function answered(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export class Saver {
  /** `owner` hears `changed()`, `saved(saver, answer)`, `refused(saver, sentence)` and `stopped(saver, kind, answer)`. */
  constructor(form, owner) {
    this.form = form;
    this.owner = owner;
    this.state = "saved";
    this.confirmed = words(read(form));
    this.failures = 0;
    form.unsaved = false;
  }

  get action() {
    return this.form.action;
  }

  /** Takes over texts of this form that pages which are gone could not save. */
  restore() {
    adopt(this.action, (kept) => this.take(kept));
  }

  /** True when the text is in the form, kept and being sent, or when the server has it. */
  async take(kept) {
    if (words(kept) === words(read(this.form)) && !this.form.unsaved) return true;
    if (this.form.isConnected && !this.form.unsaved && this.fill(kept)) {
      this.touch(0);
      toast(word("restored"), "info");
      return true;
    }
    return this.sendAside(kept);
  }

  /** A second text of the same form goes to the server by itself, on top of what it began from: it is
   * merged there, or kept beside the other one. */
  async sendAside(kept) {
    const answer = await this.post(kept).catch(() => null);
    if (!answer || (!answer.ok && answer.status !== 409)) return false;
    if (answer.status === 409 && refusal(await answer.text())) return false;
    toast(word("restored"), "info");
    document.body.dispatchEvent(new CustomEvent("blocks-stale"));
    return true;
  }

  fill(entries) {
    for (const name of new Set(entries.map(([name]) => name))) {
      const values = entries.filter(([other]) => other === name).map(([, value]) => value);
      const fields = [...this.form.elements].filter((field) => field.name === name);
      if (fields.length !== values.length || fields.some((field) => field.type === "checkbox")) return false;
      fields.forEach((field, at) => this.write(field, values[at]));
    }
    return true;
  }

  write(field, value) {
    field.value = value;
    field.closest("block-editor")?.show?.(value);
  }

  /** Something was typed. */
  touch(quiet = QUIET) {
    this.form.unsaved = true;
    stash(this.action, read(this.form));
    clearTimeout(this.timer);
    if (this.state === "conflict") return this.owner.changed();
    if (this.state !== "saving") this.state = this.failures ? "waiting" : "typing";
    this.timer = setTimeout(() => this.send(), quiet);
    this.owner.changed();
  }

  /** Resolves when the text is confirmed (true) or could not be (false). */
  async flush() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (!this.form.unsaved || this.state === "conflict") return !this.form.unsaved;
    await this.send();
    return !this.form.unsaved;
  }

  send(leaving = false) {
    clearTimeout(this.timer);
    if (this.running || !this.form.isConnected) return this.running;
    this.state = "saving";
    this.owner.changed();
    const sent = read(this.form);
    this.running = this.post(sent, leaving)
      .then((answer) => this.hear(answer, sent))
      .catch(() => this.later())
      .finally(() => {
        this.running = null;
        this.owner.changed();
      });
    return this.running;
  }

  post(entries, leaving) {
    const body = new URLSearchParams(entries);
    const headers = { Accept: "application/json", "HX-Request": "true", "X-CSRFToken": csrf() };
    return fetch(this.action, { method: "POST", body, headers, redirect: "manual", keepalive: leaving });
  }

  async hear(answer, sent) {
    if (answer.type === "opaqueredirect" || answer.status === 401) return this.stop("signed-out");
    if (answer.status === 403 && !this.renewed && (this.renewed = await renewToken())) return this.again();
    if (answer.status === 429 || answer.status >= 500) return this.later();
    const text = await answer.text();
    if (answer.ok) return this.confirm(JSON.parse(text || "{}"), sent);
    if (answer.status === 409 && !refusal(text)) return this.stop("conflict", text);
    return this.refuse(answer.status, text);
  }

  confirm(answer, sent) {
    this.failures = 0;
    this.renewed = false;
    this.confirmed = words(sent);
    const typedOn = words(read(this.form)) !== this.confirmed;
    const merged = answer.body !== undefined;
    // With newer words here and merged words there, the old revision stays: the next save merges both.
    if (answer.revision !== undefined && !(typedOn && merged)) this.revision = answer.revision;
    if (merged && !typedOn) this.write(this.form.elements.namedItem("body"), answer.body);
    if (!typedOn) {
      this.confirmed = words(read(this.form));
      this.form.unsaved = false;
      unstash(this.action);
    }
    this.state = typedOn ? "typing" : "saved";
    this.owner.saved(this, answer);
    if (typedOn) this.touch();
  }

  set revision(value) {
    const field = this.form.elements.namedItem("revision");
    if (field) field.value = value;
  }

  again() {
    this.state = "typing";
    this.timer = setTimeout(() => this.send(), 0);
  }

  later() {
    this.failures += 1;
    this.state = "waiting";
    const pause = Math.min(LONGEST, 1000 * 2 ** this.failures);
    this.timer = setTimeout(() => this.send(), pause);
  }

  stop(kind, text = "") {
    this.state = kind === "conflict" ? "conflict" : "waiting";
    this.owner.stopped(this, kind, text);
  }

  refuse(status, text) {
    // Somebody changed the same meanwhile: what is sent again is meant on top of that.
    if (status === 422) this.revision = answered(text).revision ?? this.form.elements.namedItem("revision")?.value;
    this.state = "failed";
    this.owner.refused(this, status, text);
  }

  /** A conflict was decided: this text, on top of the server's revision. */
  decide(text, revision) {
    this.write(this.form.elements.namedItem("body"), text);
    this.revision = revision;
    this.state = "typing";
    this.touch(0);
  }

  /** The page is being left: last try, if the browser may finish it without us. */
  leave() {
    if (!this.form.unsaved) return true;
    const short = new URLSearchParams(read(this.form)).toString().length < TOO_LONG_TO_LEAVE;
    if (this.state !== "typing" || !short) return false;
    this.send(true);
    return true;
  }
}
