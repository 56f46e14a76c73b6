// The theme changes at once; the server keeps it in a cookie, so that the next page does not flash.
import { csrf } from "./page.js";

document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("data-theme-switch")) return;
  event.preventDefault();
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "ink" : "paper";
  const theme = (root.dataset.theme || system) === "ink" ? "paper" : "ink";
  root.dataset.theme = theme;
  const body = new URLSearchParams({ theme, next: location.pathname });
  fetch(event.target.action, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => {});
});
