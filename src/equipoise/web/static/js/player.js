// Remembers where a recording was left, and lets its speed be chosen. Without this script it plays all the same.
"use strict";
(() => {
  const video = document.getElementById("recording");
  if (!video) return;
  const token = document.querySelector("#place-form [name=csrfmiddlewaretoken]");
  const EVERY = 10;
  let told = video.currentTime;

  const tell = (seconds) => {
    if (!video.dataset.place || !token) return;
    told = seconds;
    const body = new FormData();
    body.append("seconds", seconds.toFixed(1));
    body.append("csrfmiddlewaretoken", token.value);
    fetch(video.dataset.place, { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
  };

  video.addEventListener("timeupdate", () => {
    if (!video.paused && Math.abs(video.currentTime - told) >= EVERY) tell(video.currentTime);
  });
  video.addEventListener("pause", () => tell(video.ended ? 0 : video.currentTime));
  window.addEventListener("pagehide", () => {
    if (!video.paused && video.currentTime) tell(video.currentTime);
  });

  const speed = document.getElementById("speed");
  speed.closest("label").hidden = false;
  speed.addEventListener("change", () => {
    video.playbackRate = Number(speed.value);
  });
  video.addEventListener("ratechange", () => {
    const known = [...speed.options].find((option) => Number(option.value) === video.playbackRate);
    if (known) speed.value = known.value;
  });
})();
