// Lets two sheets of A4 hold a hand-out: smaller letters first, then fewer pictures and listings.
const SHEET = (297 - 24) / 25.4 * 96;  // pixels of a sheet between its margins
const ROOM = 2 * SHEET - 60;  // breaks leave a little room
const [LARGEST, SMALLEST] = [10, 8];  // points

function fitSheets() {
  const main = document.querySelector("main");
  for (const formula of main.querySelectorAll('mjx-container[display="true"]')) {
    const wide = formula.querySelector("svg").getBoundingClientRect().width;
    const room = formula.parentElement.clientWidth;
    if (wide > room) formula.style.fontSize = `${95 * room / wide}%`;
  }
  const fits = () => main.getBoundingClientRect().height <= ROOM;
  const optional = (rank) => [...main.querySelectorAll(`[data-optional="${rank}"]`)].reverse();
  for (let points = LARGEST; points >= SMALLEST && !fits(); points -= 0.25) {
    document.body.style.fontSize = `${points}pt`;
  }
  for (const part of [...optional(2), ...optional(1)]) {
    if (fits()) break;
    part.remove();
  }
  const sections = () => main.querySelectorAll("section");
  while (!fits() && sections().length > 3) [...sections()].at(-1).remove();
  document.body.dataset.ready = "yes";
}

window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"], ["\\[", "\\]"]], tags: "none" },
  svg: { fontCache: "global" },
  options: { enableMenu: false, skipHtmlTags: ["script", "noscript", "style", "textarea", "pre", "code"] },
  startup: { pageReady: () => MathJax.startup.defaultPageReady().then(fitSheets) },
};
