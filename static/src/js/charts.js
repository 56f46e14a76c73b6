// <galley-chart>: draws what the server describes in the JSON inside it, as SVG. Only pages with charts load this.
// The table beside it says the same, so it is closed once the drawing stands.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([AriaComponent, BarChart, GridComponent, LineChart, MarkLineComponent, SVGRenderer, TooltipComponent]);

const COLOURS = ["--primary", "--b-instructions", "--b-examples", "--b-input", "--b-guardrails", "--b-custom"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 4], [12, 4]];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const whole = new Intl.NumberFormat(document.documentElement.lang || "en", { notation: "compact", maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 4 });

/** A token of the page as a colour that a drawing can use: light-dark() is resolved by the browser. */
function colours(host) {
  const probe = document.createElement("span");
  host.append(probe);
  const read = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { text: read("--text"), muted: read("--muted"), line: read("--hair"), edge: read("--surface"), danger: read("--danger"), own: COLOURS.map(read) };
  probe.remove();
  return found;
}

const cents = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumSignificantDigits: 3 });
const worded = (value, unit, format) => (value === null || value === undefined ? "–" : unit === "$" ? `$${format.format(value)}` : format.format(value) + unit);

const HEIGHT = 190; // pixels of a drawing between its axes, about
const NAME = 15; // pixels of a name, with the space to the next

/** How many pixels each name stands above the end of its line: where ends lie close, none covers another. */
function liftsOfNames(spec) {
  const sum = (at) => spec.series.reduce((all, one) => all + (one.values[at] || 0), 0);
  const most = Math.max(...(spec.stacked ? spec.labels.map((_, at) => sum(at)) : spec.series.flatMap((one) => one.values)), 1e-9);
  const last = spec.labels.length - 1;
  let below = 0;
  const ends = spec.series.map((one, at) => ({ at, end: (spec.stacked ? (below += one.values[last] || 0) : one.values[last] || 0) * (HEIGHT / most) }));
  const lifts = [];
  let free = -Infinity;
  for (const { at, end } of ends.sort((a, b) => a.end - b.end || a.at - b.at)) {
    lifts[at] = Math.max(0, free - end);
    if (spec.series[at].shape !== "bar") free = end + lifts[at] + NAME;
  }
  return lifts;
}

function series(spec, look) {
  const alone = spec.series.length === 1;
  const lifts = liftsOfNames(spec);
  return spec.series.map((one, at) => {
    const colour = one.shape === "line" ? look.danger : look.own[at % look.own.length];
    const bar = one.shape === "bar";
    return {
      name: one.name,
      type: bar ? "bar" : "line",
      data: one.values,
      stack: spec.stacked ? "all" : undefined,
      yAxisIndex: one.side === "right" ? 1 : 0,
      symbol: "none",
      barMaxWidth: 36,
      itemStyle: { color: colour, borderRadius: bar && !spec.stacked ? [3, 3, 0, 0] : 0 },
      lineStyle: { width: 2, type: one.shape === "area" ? DASHES[at % DASHES.length] : "solid" },
      areaStyle: one.shape === "area" ? { opacity: 0.18, color: colour } : undefined,
      endLabel: { show: !bar && !alone, formatter: "{a}", color: look.text, fontSize: 12, width: 104, overflow: "truncate", offset: [0, -lifts[at]] },
      label: { show: bar && spec.stacked && !alone, formatter: ({ dataIndex }) => (dataIndex === 0 ? one.name : ""), fontSize: 12, color: look.text, textBorderColor: look.edge, textBorderWidth: 3 },
      markLine: at === 0 && spec.marks.length ? marks(spec, look) : undefined,
    };
  });
}

/** Words of neighbours would lie over each other: they stand on three heights. */
function marks(spec, look) {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: look.muted, type: "dashed", width: 1 },
    data: spec.marks.map((mark, at) => ({
      xAxis: mark.at,
      label: { formatter: mark.words, color: look.text, fontSize: 12, position: "end", distance: [0, 2 + 14 * (at % 3)], align: mark.at > spec.labels.length * 0.75 ? "right" : mark.at < spec.labels.length * 0.25 ? "left" : "center" },
    })),
  };
}

function options(spec, look) {
  const ended = spec.series.some((one) => one.shape !== "bar") && spec.series.length > 1;
  const unit = spec.series[0].unit;
  const axis = { axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: look.muted, fontSize: 12 } };
  return {
    animation: !still.matches,
    animationDuration: 150,
    textStyle: { fontFamily: "inherit" },
    aria: { enabled: true, decal: { show: spec.series.length > 1 }, label: { enabled: false } },
    grid: { left: 4, right: ended ? 112 : 8, top: spec.marks.length ? 20 + 14 * Math.min(2, spec.marks.length - 1) : 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: look.edge,
      borderColor: look.line,
      textStyle: { color: look.text, fontSize: 13 },
      axisPointer: { type: "line", lineStyle: { color: look.muted } },
      formatter: (rows) => [rows[0].name, ...rows.map((row) => `${row.seriesName ? `${row.seriesName}: ` : ""}${worded(row.value, unit, exact)}`)].join("\n"),
    },
    xAxis: { type: "category", data: spec.labels, ...axis, axisLabel: { ...axis.axisLabel, hideOverlap: true } },
    yAxis: { type: "value", ...axis, splitNumber: 4, splitLine: { lineStyle: { color: look.line } }, axisLabel: { ...axis.axisLabel, formatter: (value) => worded(value, unit, unit === "$" ? cents : whole) } },
    series: series(spec, look),
  };
}

class GalleyChart extends HTMLElement {
  connectedCallback() {
    const told = this.querySelector("script[type='application/json']");
    if (!told || this.drawing) return;
    this.spec = JSON.parse(told.textContent);
    this.room = document.createElement("div");
    this.room.className = "drawing";
    this.append(this.room);
    this.drawing = echarts.init(this.room, null, { renderer: "svg" });
    this.draw();
    this.sizes = new ResizeObserver(() => this.drawing.resize());
    this.sizes.observe(this.room);
    const table = this.nextElementSibling;
    if (table?.matches("details.astable")) table.open = false;
  }

  draw() {
    this.drawing.setOption(options(this.spec, colours(this)), true);
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.drawing?.dispose();
    this.room?.remove();
    this.drawing = undefined;
  }
}

customElements.define("galley-chart", GalleyChart);

// The theme was switched, by the button or by the system.
const redraw = () => document.querySelectorAll("galley-chart").forEach((chart) => chart.drawing && chart.draw());
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
