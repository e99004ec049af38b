// Draws each figure[data-plot] from the table that it names. The table holds every figure, so without this nothing is lost.
//   <figure data-plot="bars|lines" data-from="ID" data-columns="1 2" data-unit="min" hidden></figure>
// A column's head says its name and, in data-colour, a colour of the page; a cell's data-value is its number, none is a gap.
(() => {
  "use strict";

  const HEIGHT = 190;
  const drawn = new Map();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const text = (value) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 3 });

  function read(figure) {
    const table = document.getElementById(figure.dataset.from);
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    if ("newestFirst" in figure.dataset) rows.reverse();
    const number = (cell) => (cell && cell.dataset.value ? Number(cell.dataset.value) : null);
    const columns = figure.dataset.columns.split(" ").map(Number);
    return {
      labels: rows.map((row) => row.cells[0].dataset.label || row.cells[0].textContent.trim()),
      names: columns.map((column) => heads[column].textContent.trim()),
      colours: columns.map((column) => colour(heads[column].dataset.colour || "accent")),
      values: columns.map((column) => rows.map((row) => number(row.cells[column]))),
    };
  }

  // Bars of one place stand on each other: each series is drawn up to the sum of it and of those before, the last one first.
  function stacked(values) {
    const sums = values.map((_, series) => values[0].map((_, place) =>
      values.slice(0, series + 1).reduce((sum, column) => sum + (column[place] || 0), 0)));
    return sums.reverse();
  }

  function options(figure, table, bars) {
    const order = table.names.map((_, series) => (bars ? table.names.length - 1 - series : series));
    const unit = figure.dataset.unit ? ` ${figure.dataset.unit}` : "";
    const axis = { stroke: colour("muted"), font: "12px sans-serif", grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
    const series = order.map((column) => ({
      label: table.names[column],
      stroke: table.colours[column],
      fill: bars ? table.colours[column] : undefined,
      width: bars ? 0 : 2,
      paths: bars ? uPlot.paths.bars({ size: [0.7, 40] }) : undefined,
      points: { show: !bars && table.labels.length < 30, size: 5, fill: table.colours[column] },
      value: (_, __, ___, place) => (place === null || table.values[column][place] === null ? "–" : text(table.values[column][place]) + unit),
    }));
    const highest = figure.dataset.most ? Number(figure.dataset.most) : null;
    return {
      width: figure.clientWidth,
      height: HEIGHT,
      padding: [10, 8, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { show: !bars } },
      legend: { live: true, markers: { width: 0, fill: (_, place) => series[place - 1].stroke } },
      scales: {
        x: { time: false, range: [-0.6, table.labels.length - 0.4] },
        y: { range: (_, __, most) => [0, highest || Math.max(most * 1.05, 1)] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 28, space: 60, incrs: [1, 2, 3, 4, 6, 8, 12, 24, 48], values: (_, places) => places.map((place) => table.labels[place] || "") },
        { ...axis, size: 52, values: (_, values) => values.map(text) },
      ],
      series: [{ value: (_, __, ___, place) => (place === null ? "–" : table.labels[place]), label: figure.dataset.across || "" }, ...series],
    };
  }

  function draw(figure) {
    figure.hidden = false;
    const table = read(figure);
    if (drawn.has(figure)) drawn.get(figure).destroy();
    const bars = figure.dataset.plot === "bars";
    const places = table.labels.map((_, place) => place);
    drawn.set(figure, new uPlot(options(figure, table, bars), [places, ...(bars ? stacked(table.values) : table.values)], figure));
  }

  const fit = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const plot = drawn.get(target);
      if (plot && target.clientWidth && target.clientWidth !== plot.width) plot.setSize({ width: target.clientWidth, height: HEIGHT });
    }
  });

  function drawAll() {
    for (const [figure, plot] of drawn) {
      if (!figure.isConnected) { plot.destroy(); fit.unobserve(figure); drawn.delete(figure); }
    }
    for (const figure of document.querySelectorAll("figure[data-plot]")) {
      if (!drawn.has(figure)) { draw(figure); fit.observe(figure); }
    }
  }

  // A part of the page that asks for itself anew: what somebody has opened in it stays open.
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    opened = [...event.detail.target.querySelectorAll("details[open][id]")].map((part) => part.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    opened = [];
    drawAll();
  });

  drawAll();
  dark.addEventListener("change", () => [...drawn.keys()].forEach(draw));
})();
