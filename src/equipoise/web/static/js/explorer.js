// Tells what changed in the explorer, keeps the focus in it, and copies its address. Without this script all else works.
"use strict";
(() => {
  // htmx would put an element's old style attribute back for a moment, which the Content-Security-Policy refuses
  window.htmx.config.attributesToSettle = ["class"];

  let told = document.getElementById("explorer");
  let leaving = null;

  const say = (text) => {
    document.getElementById("spoken").textContent = text;
  };

  const showCopy = () => {
    document.getElementById("copy").hidden = false;
  };

  // htmx gives the focus back to what has the same id; where that is gone, the heading of its section takes it
  document.addEventListener("htmx:beforeSwap", () => {
    const section = document.activeElement && document.activeElement.closest("#explorer section");
    leaving = section && section.getAttribute("aria-labelledby");
  });

  document.addEventListener("htmx:afterSettle", () => {
    const now = document.getElementById("explorer");
    if (!now || now === told) return;
    told = now;
    say(now.dataset.spoken);
    showCopy();
    if (!leaving || document.activeElement !== document.body) return;
    const heading = document.getElementById(leaving);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("#copy");
    if (!button) return;
    const field = document.getElementById("link");
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value).catch(() => document.execCommand("copy"));
    else document.execCommand("copy");
    button.textContent = button.dataset.copied;
    say(button.dataset.copied);
  });

  showCopy();
})();
