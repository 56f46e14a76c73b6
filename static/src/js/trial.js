// <trial-stream data-url data-cards>: the answers of a trial as they come, each into its own column.
// What comes is text and stays text; the server's own part takes its place at the end.
import { word } from "./page.js";

class TrialStream extends HTMLElement {
  connectedCallback() {
    if (this.controller) return;
    this.controller = new AbortController();
    this.querySelector("[data-stop]").addEventListener("click", () => this.controller.abort());
    if (this.getBoundingClientRect().top > innerHeight - 80) this.scrollIntoView({ block: "start" });
    this.run();
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  async run() {
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", headers: { "X-Galley-Stream": "1" }, signal: this.controller.signal });
      if (!answer.ok) throw new Error(await answer.text());
      await this.read(answer.body.getReader());
      this.say(this.said || word("answers_ready"));
    } catch (error) {
      this.say(this.controller.signal.aborted ? word("answers_stopped") : error.message || word("slow"));
    }
    this.querySelector("[data-stop]").hidden = true;
    for (const column of this.columns) this.settle(column);
  }

  async read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line) this.take(JSON.parse(line));
    }
  }

  take({ column, text, end }) {
    const place = this.place(column);
    if (!place) return;
    if (text) place.append(text);
    if (end) {
      const words = place.textContent.split(/\s+/).filter(Boolean).length;
      this.said = words === 1 ? word("answer_ready_one") : word("answer_ready", words.toLocaleString());
      this.say(this.said);
      this.settle(place);
    }
  }

  /**
   * The server's part of this column, with its figures and what can be made of it. The card itself
   * asks: of several requests of one element htmx keeps only the last that waits.
   */
  settle(place) {
    const card = place.closest(".answer");
    place.removeAttribute("data-column");
    if (card) globalThis.htmx.ajax("GET", `${this.dataset.cards}${card.id.replace("answer-", "")}/`, { source: card, target: card, swap: "outerHTML" });
  }

  say(text) {
    this.querySelector("[role=status]").textContent = text;
  }

  place(column) {
    return this.closest("#answers")?.querySelector(`[data-column="${column}"]`);
  }

  get columns() {
    return this.closest("#answers")?.querySelectorAll("[data-column]") || [];
  }
}
customElements.define("trial-stream", TrialStream);
