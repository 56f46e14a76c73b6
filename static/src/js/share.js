// The share of a rollout: number box, slider and presets say the same, and a sentence says it in words.
const FIELDS = "[data-share], [data-share-range]";

function inWords(words, share) {
  if (share === 100) return words.dataset.all;
  const [text, number] = 100 % share === 0 ? [words.dataset.one, 100 / share] : [words.dataset.of, share];
  return text.replace("{n}", number);
}

function show(form, share) {
  for (const field of form.querySelectorAll(FIELDS)) if (Number(field.value) !== share) field.value = share;
  for (const one of form.querySelectorAll("[data-share-preset]")) one.setAttribute("aria-pressed", String(Number(one.dataset.sharePreset) === share));
  for (const one of form.querySelectorAll("[data-share-shown]")) one.textContent = share;
  const words = form.querySelector("[data-share-words]");
  if (words) words.querySelector("b").textContent = inWords(words, share);
  const calls = form.querySelector("[data-share-calls]");
  if (calls) calls.textContent = calls.dataset.shareOf.replace("{n}", Math.round((Number(calls.dataset.shareCalls) * share) / 100));
}

function take(element, value) {
  const share = Math.round(Number(value));
  if (element.form && share >= 1 && share <= 100) show(element.form, share);
}

document.addEventListener("input", ({ target }) => target.matches?.(FIELDS) && take(target, target.value));
document.addEventListener("click", ({ target }) => {
  const preset = target.closest?.("[data-share-preset]");
  if (preset) take(preset, preset.dataset.sharePreset);
});

// A panel that has just come shows what its number says.
const begin = (root) => root.querySelectorAll?.("[data-share]").forEach((field) => take(field, field.value));
document.addEventListener("htmx:afterSettle", ({ target }) => begin(target));
begin(document);
