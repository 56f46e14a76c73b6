// Ctrl/⌘+Enter in a field sends its form, as every comment box does. Text that saves itself has no end.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  const form = event.target.matches?.("textarea, input, select") && event.target.form;
  if (!form || form.method !== "post" || form.matches("[data-autosave]")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[data-main]") || undefined);
});
