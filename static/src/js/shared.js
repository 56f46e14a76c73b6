// What editor.js takes from galley.js, which stands before it on the page: one copy of each behaviour.
export const { adopt, announce, banner, csrf, dropBanner, element, icon, nonce, refusal, renewToken, signedOut, stash, toast, unstash, word } =
  globalThis.galley;
