// A one-click link opens a page whose form sends itself; without JavaScript there is its button.
document.querySelector("form[data-autopost]")?.requestSubmit();
