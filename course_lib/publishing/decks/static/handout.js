// Lets two sheets of A4 hold a hand-out: formulas get lines, letters get smaller, then pictures and
// listings fall out. No formula is smaller than the style sheet's 9 points.
const SHEET = (297 - 24) / 25.4 * 96;  // pixels of a sheet between its margins
const [LARGEST, SMALLEST] = [10, 8];  // points

// ---- a formula as lines: where it may break, the best places first

const BREAKS = [
  /^\\q?quad(?![a-zA-Z])/,
  /^(?:\\(?:Longrightarrow|longrightarrow|Longleftrightarrow|iff)(?![a-zA-Z]))/,
  /^(?:=|[<>:]|\\(?:leq?|geq?|ll|gg|approx|to|in|ne|neq|sim|mapsto)(?![a-zA-Z]))/,
  /^(?:[+-]|\\(?:pm|cdots|cdot)(?![a-zA-Z]))/,
  /^\\;/,
];
const OPENS = /^(?:\{|\\begin\{\w+\}|\\(?:left|[bB]igg?l)(?![a-zA-Z])(?:\\[a-zA-Z{|]+|.)|\\\{)/;
const CLOSES = /^(?:\}|\\end\{\w+\}|\\(?:right|[bB]igg?r)(?![a-zA-Z])(?:\\[a-zA-Z}|]+|.)|\\\})/;
const TOKEN = /^(?:\\[a-zA-Z]+|\\.|[^])/;

// the tokens of a formula, each with how deep in braces, and how deep in brackets it stands
function tokens(tex) {
  const found = [];
  for (let [rest, braces, brackets] = [tex, 0, 0]; rest;) {
    const opens = rest.match(OPENS);
    const closes = !opens && rest.match(CLOSES);
    const space = rest.match(/^\\q?quad(?![a-zA-Z])/);
    const text = (opens || closes || space || rest.match(TOKEN))[0];
    if (closes) braces -= 1;
    if (!opens && !closes && /^[)\]]$/.test(text)) brackets -= 1;
    found.push({ text, braces, brackets: Math.max(0, brackets) });
    if (opens) braces += 1;
    if (!opens && !closes && /^[([]$/.test(text)) brackets += 1;
    rest = rest.slice(text.length);
  }
  return found;
}

// cut at the places of one kind; inside brackets only where nothing else is left
function pieces(tex, kind, inside) {
  const parts = [""];
  for (const { text, braces, brackets } of tokens(tex)) {
    const before = parts.at(-1).trim();
    const place = !braces && (inside || !brackets) && BREAKS[kind].test(text);
    const signs = kind === 3 && /(?:^|[=(<>,^_[]|\\(?:le|ge|approx|[a-zA-Z]*arrow|q?quad))$/.test(before);
    if (place && before && !signs) parts.push("");
    if (!(place && kind === 0)) parts[parts.length - 1] += text;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

const drawn = (tex) => MathJax.tex2svg(tex, { display: true });
const wide = (tex) => parseFloat(drawn(tex).querySelector("svg").getAttribute("width"));  // in ex

function broken(tex, room) {  // lines of it, each as full as the room allows
  for (const inside of [false, true]) {
    for (const kind of BREAKS.keys()) {
      if (wide(tex) <= room) return [tex];
      const parts = pieces(tex, kind, inside);
      if (parts.length < 2) continue;
      const lines = [];
      for (const part of parts) {
        const joined = lines.length ? `${lines.at(-1)}${kind ? " " : "\\quad "}${part}` : part;
        if (lines.length && wide(joined) <= room) lines[lines.length - 1] = joined;
        else lines.push(part);
      }
      if (lines.length > 1) return lines.flatMap((line) => broken(line, room));
    }
  }
  return [tex];
}

// what stands in a frame, in rows or before a number, as formulas of one line
function rows(tex) {
  const framed = tex.match(/^\\boxed\{([^]*)\}([^{}]*)$/);
  const inner = (framed ? framed[1] + framed[2] : tex).trim();
  const table = inner.match(/^([^&]*?)\\begin\{(aligned|array|gathered)\}(?:\{[lcr]+\})?([^]*)\\end\{\2\}([^]*)$/);
  if (!table || /\\begin/.test(table[3]) || /[{(]$/.test(table[1])) return [inner];
  const between = table[2] === "array" ? "\\quad " : " ";
  const lines = table[3].split("\\\\").map((row) => row.replace(/^\[.*?\]/, "").replace(/&+/g, between));
  return [table[1], ...lines, table[4]].map((line) => line.trim()).filter((line) => line.replace(/[.,\\;\s]/g, ""));
}

function breakFormulas() {
  const found = [...MathJax.startup.document.math].filter((each) => each.display);
  for (const { math, typesetRoot } of found) {
    const svg = typesetRoot.querySelector("svg");
    const room = typesetRoot.parentElement.clientWidth;
    if (svg.getBoundingClientRect().width <= room) continue;
    const number = math.match(/\\tag\{(\w+)\}/)?.[1];
    const tex = math.replace(/\s*\\tag\{\w+\}/, "").replace(/(?<!\\)\\ /g, "\\;").trim();
    const probe = drawn("x");
    typesetRoot.after(probe);
    const letter = probe.querySelector("svg");
    const ex = letter.getBoundingClientRect().width / parseFloat(letter.getAttribute("width"));
    probe.remove();
    const most = room / ex - 3;  // later lines stand in a little
    const lines = rows(tex).flatMap((row) => broken(row, most));
    if (number) {
      const last = `${lines.at(-1)}\\quad(\\text{${number}})`;
      if (wide(last) <= most) lines[lines.length - 1] = last;
      else lines.push(`(\\text{${number}})`);
    }
    const whole = `\\begin{aligned}&${lines.join("\\\\&\\quad ")}\\end{aligned}`;
    typesetRoot.replaceWith(drawn(/^\\boxed/.test(tex) ? `\\boxed{${whole}}` : whole));
  }
}

// ---- all of it

function fitSheets() {
  const main = document.querySelector("main");
  breakFormulas();
  const fits = () => {  // in columns as high as a sheet: two on each, with what their breaks leave
    Object.assign(main.style, { height: `${SHEET}px`, columnFill: "auto" });
    const gap = parseFloat(getComputedStyle(main).columnGap);
    const found = main.scrollWidth <= 2 * main.clientWidth + gap + 1;
    Object.assign(main.style, { height: "", columnFill: "" });
    return found;
  };
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
  svg: { fontCache: "local" },  // what is broken is drawn a second time
  options: { enableMenu: false, skipHtmlTags: ["script", "noscript", "style", "textarea", "pre", "code"] },
  startup: { pageReady: () => MathJax.startup.defaultPageReady().then(fitSheets) },
};
