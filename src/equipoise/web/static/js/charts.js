// Draws the charts of a page in place of their pictures. Without this script the pictures stay.
"use strict";
(() => {
  // Vega compiles expressions with Function(), which the Content-Security-Policy forbids: it gets the interpreter instead.
  const draw = async (figure) => {
    const picture = figure.querySelector("img");
    try {
      const answer = await fetch(figure.dataset.chart, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const spec = fitted(await answer.json(), figure);
      const place = document.createElement("div");
      place.className = "drawing";
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", picture.alt);
      const runtime = window.vega.parse(window.vegaLite.compile(spec).spec, null, { ast: true });
      const view = new window.vega.View(runtime, {
        expr: window.vegaInterpreter.expressionInterpreter,
        renderer: "canvas",
        container: place,
        hover: true,
        tooltip: card(figure),
      });
      if (figure.dataset.pick) view.addEventListener("click", (_event, item) => pick(figure, item));
      await view.runAsync();
      picture.replaceWith(place);
      figure.dataset.drawn = "yes";
    } catch (error) {
      console.warn("the chart stays a picture:", error);
    }
  };

  const fitted = (spec, figure) => {
    const room = figure.clientWidth - 2 * parseFloat(getComputedStyle(figure).paddingLeft);
    spec.width = Math.max(room - 12, 220);
    spec.autosize = { type: "fit", contains: "padding" };
    return spec;
  };

  const pick = (figure, item) => {
    const id = item && item.datum && item.datum.id;
    if (!id) return;
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
  document.addEventListener("htmx:afterSettle", drawAll);
  drawAll();
})();
