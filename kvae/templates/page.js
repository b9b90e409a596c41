// Draws the charts and lets tables be sorted, searched and paged.
const charts = document.querySelectorAll("script[data-chart]");
const draw = (script) => {
  const target = document.getElementById(script.dataset.chart);
  const options = { actions: false, renderer: "svg", ast: true, tooltip: { theme: "custom" } };
  return window.vegaEmbed(target, JSON.parse(script.textContent), options).then(() => {
    // The figure's own words are what a screen reader should say.
    target.querySelectorAll("svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
  });
};
const folded = (script) => script.closest("details:not([open])");
const drawn = [...charts].filter((script) => !folded(script)).map(draw);
// A chart has no width before it is shown.
document.querySelectorAll("details").forEach((details) =>
  details.addEventListener("toggle", () => {
    if (details.dataset.drawn) return;
    details.dataset.drawn = "yes";
    details.querySelectorAll("script[data-chart]").forEach(draw);
  })
);
// DataTables has a dark dress of its own, by this class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", dress);
dress();
const open = () => document.querySelectorAll("details").forEach((details) => { details.open = true; });
window.addEventListener("beforeprint", open);
document.querySelectorAll(".grid.browsable table").forEach((table) => {
  const order = table.closest(".grid").dataset.order;
  new window.DataTable(table, {
    order: order ? [JSON.parse(order)] : [],
    pageLength: 10,
    lengthMenu: [10, 25, 100],
    autoWidth: false,
    language: { search: "Search", lengthMenu: "_MENU_ rows at once", searchPlaceholder: "a word or number" },
  });
});
Promise.all(drawn).then(() => document.body.setAttribute("data-ready", "yes"));
