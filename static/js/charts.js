// Draws every <figure data-plotly="ID"> from the JSON of that id, in the colours of the theme; again when the theme changes.
// A trace says by `meta` what it is (line, raw, concern, improvement, target, limit, mean, trend, incomplete, muted) and gets its
// look here; so does a line across the chart (layout.shapes), where a new baseline begins.
(function () {
  "use strict";
  const CONFIG = { displaylogo: false, showSendToCloud: false, plotlyServerURL: "", responsive: true, displayModeBar: "hover",
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d"] };

  const NARROW = 600;  // pixels, below which a note says only what it is

  function colours() {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue(`--${name}`).trim();
  }

  function look(colour) {
    const line = (name, width, dash) => ({ line: { color: colour(name), width, dash: dash || "solid" } });
    const point = (name, symbol) => ({ marker: { color: colour(name), size: 9, symbol, line: { color: colour("surface"), width: 1.5 } } });
    return {
      line: { ...line("ink-2", 1.6), marker: { color: colour("ink-2"), size: 5 } },
      concern: point("concern", "circle"),
      improvement: point("improvement", "diamond"),
      target: line("ink", 1.4, "dash"),
      industry: line("ink", 1.4, "dot"),
      limit: { ...line("accent", 1), fillcolor: colour("accent-tint") },
      mean: { ...line("accent", 1, "dot"), ...point("ink", "square") },
      raw: { ...line("rule-strong", 1), marker: { color: colour("rule-strong"), size: 4 } },
      trend: line("accent-strong", 2.2),
      incomplete: { marker: { color: colour("ink-2"), size: 9, symbol: "circle-open", line: { color: colour("ink-2"), width: 1.5 } } },
      muted: { ...line("rule-strong", 1), marker: { color: colour("rule-strong"), size: 4 } },
    };
  }

  function merge(under, over) {
    const out = { ...under };
    for (const [key, value] of Object.entries(over || {})) {
      const both = value && out[key] && typeof value === "object" && typeof out[key] === "object" && !Array.isArray(value);
      out[key] = both ? merge(out[key], value) : value;
    }
    return out;
  }

  function layout(given, colour) {
    const axis = { gridcolor: colour("rule"), linecolor: colour("rule-strong"), zerolinecolor: colour("rule"), tickcolor: colour("rule"),
      automargin: true, title: { font: { color: colour("ink-2"), size: 12 } } };
    return merge({
      font: { family: getComputedStyle(document.body).fontFamily, size: 12.5, color: colour("ink-2") },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 48, r: 12, t: 8, b: 36 },
      xaxis: { ...axis, showgrid: false, spikethickness: 1, spikedash: "solid", spikecolor: colour("rule-strong") },
      yaxis: { ...axis, hoverformat: ",.4~r" },
      hovermode: "x unified", hoverlabel: { bgcolor: colour("surface"), bordercolor: colour("rule-strong"), font: { color: colour("ink") } },
      legend: { orientation: "h", y: -0.15, x: 0 },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("ink-2"), activecolor: colour("accent") },
    }, given);
  }

  function draw(figure) {
    const source = document.getElementById(figure.dataset.plotly);
    const place = figure.querySelector(".chart-canvas");
    if (!source || !place || !window.Plotly) return;
    const chart = JSON.parse(source.textContent);
    const colour = colours();
    const looks = look(colour);
    const data = chart.data.map((trace) => merge(looks[trace.meta] || {}, trace));
    const { template, ...given } = chart.layout;  // plotly.py's "none" is no template of plotly.js
    (given.shapes || []).forEach((shape) => { shape.line = { color: colour("ink-2"), width: 1, dash: "dot" }; });
    if (place.clientWidth < NARROW) (given.annotations || []).forEach((note) => { note.text = note.text.split(":")[0]; });
    window.Plotly.react(place, data, layout(given, colour), CONFIG);
  }

  function drawAll() { document.querySelectorAll("figure[data-plotly]").forEach(draw); }

  drawAll();
  document.addEventListener("themechange", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);
})();
