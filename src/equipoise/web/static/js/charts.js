// Draws the charts of a page in place of their pictures. Without this script the pictures stay.
"use strict";
(() => {
  // Vega compiles expressions with Function(), which the Content-Security-Policy forbids: it gets the interpreter instead.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new WeakMap();

  const draw = async (figure) => {
    figure.dataset.drawn = "";
    const picture = figure.querySelector("picture");
    const words = figure.querySelector("img").alt;
    try {
      const answer = await fetch(address(figure), { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const spec = await answer.json();
      spec.autosize = { type: "fit-x", contains: "padding" };
      const place = document.createElement("div");
      place.className = "drawing";
      const runtime = window.vega.parse(window.vegaLite.compile(spec).spec, null, { ast: true });
      const view = new window.vega.View(runtime, {
        expr: window.vegaInterpreter.expressionInterpreter,
        renderer: "canvas",
        container: place,
        hover: true,
        tooltip: card(figure),
      });
      if (figure.dataset.pick) listen(figure, view);
      await view.runAsync();
      // Vega gives its container a role and a label of its own
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", words);
      if (drawn.has(figure)) drawn.get(figure).finalize();
      drawn.set(figure, view);
      figure.querySelectorAll(".drawing, .chart-tip").forEach((old) => old.remove());
      picture.hidden = true;
      picture.after(place);
      figure.dataset.drawn = "yes";
    } catch (error) {
      console.warn("the chart stays a picture:", error);
    }
  };

  const address = (figure) => {
    const room = figure.clientWidth - 2 * parseFloat(getComputedStyle(figure).paddingLeft);
    return `${figure.dataset.chart}&width=${Math.floor(Math.max(room, 220))}${dark.matches ? "&theme=dark" : ""}`;
  };

  // a click picks the nearest design, unless it ends a drag; what is nearest comes wrapped once more
  const listen = (figure, view) => {
    let from = null;
    view.addEventListener("pointerdown", (event) => (from = [event.clientX, event.clientY]));
    view.addEventListener("click", (event, item) => {
      const moved = from && Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 5;
      const datum = item && item.datum && (item.datum.datum || item.datum);
      if (datum && datum.id && !moved) pick(figure, datum.id);
    });
  };

  const pick = (figure, id) => {
    const link = document.createElement("a");
    link.href = figure.dataset.pick + encodeURIComponent(id);
    link.hidden = true;
    figure.append(link);
    if (window.htmx) window.htmx.process(link);
    link.click();
  };

  const card = (figure) => (_handler, event, _item, value) => {
    let tip = figure.querySelector(".chart-tip");
    if (!value) return void (tip && tip.remove());
    if (!tip) {
      tip = document.createElement("div");
      tip.className = "chart-tip";
      tip.setAttribute("aria-hidden", "true");
      figure.append(tip);
    }
    const rows = Object.entries(value).map(([label, text]) => {
      const row = document.createElement("p");
      if (label.trim()) {
        const name = document.createElement("span");
        name.textContent = label;
        row.append(name);
      }
      row.append(document.createTextNode(text));
      return row;
    });
    tip.replaceChildren(...rows);
    const frame = figure.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(event.clientX - frame.left + 14, frame.width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${event.clientY - frame.top + 14}px`;
  };

  const drawAll = () => document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
  dark.addEventListener("change", () => document.querySelectorAll("[data-chart]").forEach(draw));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-whole]")) draw(event.target.closest("[data-chart]"));
  });
  document.addEventListener("htmx:afterSettle", drawAll);
  drawAll();
})();
