// <form data-drop>: a file that is chosen in it, or dropped on it, is sent at once.
const formOf = (event) => event.target.closest?.("form[data-drop]");

document.addEventListener("change", (event) => {
  const form = formOf(event);
  if (form && event.target.type === "file" && event.target.files.length) form.requestSubmit();
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = formOf(event);
    if (!form) return;
    form.classList.toggle("over", kind === "dragover");
    if (kind === "dragleave") return;
    event.preventDefault();
    const field = form.querySelector('input[type="file"]');
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
