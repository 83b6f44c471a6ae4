// Fills slides of 1280 x 720 with each question's blocks, in the fonts of this very machine, and
// starts reveal. No page is laid out beforehand: other letters need other pages.
const [WIDE, HIGH, SMALLEST, PICTURE, WORDS, GOALS] = [1280, 720, 24, 400, 66, 72];

// ---- light and dark: as the system has it, or by ?look=dark, or by the key D

const look = new URLSearchParams(location.search).get("look");
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = (name) => { document.documentElement.dataset.look = name; };
paint(look || (dark.matches ? "dark" : "light"));
if (!look) dark.addEventListener("change", () => paint(dark.matches ? "dark" : "light"));

// ---- one page: does it fit, and what is cut where it doesn't

const READ = "p:not(.part), li, figcaption, h1, h2";
const NOT_READ = "pre, table, .course-drag, .course-printed, [data-part], template";
function words(page) {  // besides code, formulas and tables
  const parts = [...page.querySelectorAll(READ)].filter((part) => !part.closest(NOT_READ));
  const outer = parts.filter((part) => !part.parentElement.closest("p, li"));
  const text = (part) => [...part.childNodes]
    .map((node) => (node.nodeType === 3 ? node.data : node.matches?.("mjx-container, code") ? "" : text(node)))
    .join(" ");
  return outer.reduce((sum, part) => sum + text(part).trim().split(/\s+/).length, 0);
}
const room = (page) => words(page) <= (page.querySelector("h1") ? GOALS : WORDS) && fits(page);
const fits = (page) => page.getBoundingClientRect().height <= HIGH + 0.5 && page.scrollWidth <= WIDE;
const content = (block) => block.firstElementChild;
const size = (element, pixels) => { element.style.fontSize = `${pixels}px`; };

function fitFormulas(block) {  // a page of its own would not help what is too wide
  for (const formula of block.querySelectorAll('mjx-container[display="true"]')) {
    const drawn = formula.querySelector("svg").getBoundingClientRect().width;
    const wide = formula.parentElement.clientWidth;
    if (drawn > wide) formula.style.fontSize = `${95 * wide / drawn}%`;
  }
}

function fitPicture(page, block, alone) {  // as large as the page allows; false if it is too small
  const image = block.querySelector("figure img, figure svg");
  if (!image || block.querySelector(".course-drag")) return true;
  const box = image.viewBox ? image.viewBox.baseVal : { width: image.naturalWidth, height: image.naturalHeight };
  const ratio = box.height / box.width || 0.6;
  const most = Math.min(560, 1184 * ratio, box.height * (image.viewBox ? 1.9 : 1.15));
  const least = alone ? 100 : Math.min(most, PICTURE);
  for (let height = most; height >= least; height -= 10) {
    image.style.height = `${height}px`;
    image.style.width = image.viewBox ? `${height / ratio}px` : "auto";
    if (fits(page)) return true;
  }
  return fits(page);
}

function rest(block, items, fill) {  // a copy of a block that holds what didn't fit
  const copy = block.cloneNode(true);
  copy.querySelectorAll("template").forEach((notes) => notes.remove());
  fill(copy, items);
  return copy;
}

function splitList(page, block, list, inside) {
  const moved = [];
  while (list.children.length > 1 && !room(page)) moved.unshift(list.removeChild(list.lastElementChild));
  if (!room(page)) { list.append(...moved); return null; }
  return rest(block, moved, (copy, items) => {
    const other = inside(copy);
    other.replaceChildren(...items);
    if (other.matches("ol")) other.start = (list.start || 1) + list.children.length;
    copy.querySelectorAll("figcaption").forEach((caption) => caption.remove());
  });
}

function splitLines(page, block, pre) {
  const lines = pre.innerHTML.split("\n");
  for (let kept = lines.length - 1; kept > 2; kept -= 1) {
    pre.innerHTML = lines.slice(0, kept).join("\n");
    if (room(page)) {
      const empty = lines.slice(0, kept).findLastIndex((line) => !line.replace(/<[^>]*>/g, "").trim());
      const cut = empty > kept / 2 ? empty : kept;
      pre.innerHTML = lines.slice(0, cut).join("\n");
      return rest(block, lines.slice(cut), (copy, others) => {
        copy.querySelector("pre").innerHTML = others.join("\n").replace(/^\n/, "");
      });
    }
  }
  pre.innerHTML = lines.join("\n");
  return null;
}

function split(page, block) {  // move the end of a list, a table or a listing to a block of its own
  const only = content(block);
  if (!only) return null;
  if (only.matches("ul, ol")) return splitList(page, block, only, (copy) => copy.querySelector("ul, ol"));
  if (only.matches(".answer")) {
    const list = only.children.length > 1 ? only : only.querySelector("ul, ol");
    const same = (copy) => (list === only ? copy.querySelector(".answer") : copy.querySelector("ul, ol"));
    return list ? splitList(page, block, list, same) : null;
  }
  const rows = block.querySelector("tbody");
  if (rows && rows.children.length > 1) return splitList(page, block, rows, (copy) => copy.querySelector("tbody"));
  const listing = block.querySelector("pre");
  return listing ? splitLines(page, block, listing) : null;
}

function shrink(page, block) {  // a last resort, for what can't be cut
  if (fits(page)) return;
  const parts = block.querySelectorAll("table, pre, .course-drag, p, li, figcaption, td, th");
  for (let pixels = 28; pixels >= SMALLEST && !fits(page); pixels -= 1) parts.forEach((part) => size(part, pixels));
  for (let zoom = 1; zoom > 0.4 && !fits(page); zoom -= 0.02) block.style.zoom = zoom;
}

// code goes along with its output, words that end in a colon with what they introduce
const leads = (last, next) => last.classList.contains("block")
  && ((last.dataset.kind === "code" && next.dataset.kind === "output" && last.dataset.cell === next.dataset.cell)
    || (last.dataset.kind === "text" && /:\s*$/.test(last.innerText)));

// ---- one question: its pages

function pagesOf(question) {
  const heading = question.querySelector("h1, h2");
  const blocks = [...question.querySelectorAll(":scope > .block")];
  const stack = document.createElement("section");
  const pages = [];
  stack.style.cssText = `display:block;width:${WIDE}px`;
  question.before(stack);
  const open = () => {
    const page = document.createElement("section");
    page.style.cssText = `display:block;position:absolute;visibility:hidden;height:auto;width:${WIDE}px`;
    page.append(heading.cloneNode(true));
    stack.append(page);
    pages.push(page);
    return page;
  };
  let page = open();
  while (blocks.length) {
    const block = blocks.shift();
    const alone = page.children.length === 1;
    page.append(block);
    fitFormulas(block);
    if (fitPicture(page, block, alone) && room(page)) continue;
    const cutShort = alone || block.querySelectorAll("li").length > 3;
    const more = cutShort ? split(page, block) : null;
    if (more) {
      blocks.unshift(more);
      page = open();
    } else if (alone) {
      shrink(page, block);
      if (blocks.length) page = open();
    } else {
      blocks.unshift(block);
      block.remove();
      let last = page.lastElementChild;
      while (page.children.length > 2 && leads(last, blocks[0])) {
        blocks.unshift(last);
        last.remove();
        last = page.lastElementChild;
      }
      page = open();
    }
  }
  question.remove();
  pages.forEach((each, number) => finish(each, number, pages.length, question));
  stack.removeAttribute("style");
  if (pages.length === 1) stack.replaceWith(pages[0]);
}

// ---- one page, finished: steps, notes, time

function finish(page, number, count, question) {
  page.removeAttribute("style");
  page.dataset.question = question.dataset.question;
  if (number) {
    const part = document.createElement("p");
    part.className = "part";
    part.textContent = `${number + 1}/${count}`;
    page.prepend(part);
  }
  const notes = document.createElement("aside");
  notes.className = "notes";
  const minutes = Number(question.dataset.minutes);
  const say = (template) => { if (template) notes.append(template.content.cloneNode(true)); };
  if (minutes) {
    page.dataset.timing = Math.round(60 * minutes / count);
    notes.innerHTML = `<p><b>${minutes} min for this question, page ${number + 1} of ${count}</b></p>`;
  }
  if (!number) say(question.querySelector('[data-part="opening"]'));
  let [step, index] = [null, -1];
  for (const block of page.querySelectorAll(":scope > .block")) {
    if (step !== null && block.dataset.step !== step) index += 1;
    if (index >= 0) {
      block.classList.add("fragment");
      block.dataset.fragmentIndex = index;
    }
    step = block.dataset.step;
    index = playerSteps(block, index);
    const told = block.querySelector('template[data-part="notes"]');
    say(told);
    told?.remove();
  }
  if (number === count - 1) say(question.querySelector('[data-part="closing"]'));
  page.append(notes);
}

function playerSteps(block, index) {  // each step of a player is a fragment, seen by its own frame
  const player = block.querySelector(".course-player");
  if (!player) return index;
  const steps = player.querySelectorAll('[data-part="sentences"] li').length;
  for (let step = 1; step < steps; step += 1) {
    const mark = document.createElement("span");
    mark.className = "fragment player-step";
    mark.dataset.fragmentIndex = index + step;
    block.append(mark);
  }
  return index + steps - 1;
}

function turn(event, key) {
  for (const mark of event.fragments ?? [event.fragment]) {
    if (!mark.classList.contains("player-step")) continue;
    const player = mark.closest(".block").querySelector(".course-player");
    player.dispatchEvent(new KeyboardEvent("keydown", { key }));
  }
}

// ---- all of it

function startDeck() {
  const slides = document.querySelector(".slides");
  slides.style.cssText = `width:${WIDE}px;height:${HIGH}px;position:absolute`;
  slides.querySelectorAll(".course-drag, .course-player").forEach((part) => { part.dataset.preventSwipe = ""; });
  const questions = [...slides.children];
  questions.forEach((question) => { question.style.display = "none"; });
  const total = questions.reduce((sum, question) => sum + 60 * question.dataset.minutes, 0);
  questions.forEach(pagesOf);
  slides.removeAttribute("style");
  Reveal.on("fragmentshown", (event) => turn(event, "ArrowRight"));
  Reveal.on("fragmenthidden", (event) => turn(event, "ArrowLeft"));
  return Reveal.initialize({
    width: WIDE, height: HIGH, margin: 0, center: false, hash: true, transition: "none",
    slideNumber: "c/t", totalTime: total, pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1,
    keyboard: { 68: () => paint(document.documentElement.dataset.look === "dark" ? "light" : "dark") },
    plugins: [RevealNotes, RevealSearch, RevealZoom],
  });
}

window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"], ["\\[", "\\]"]], tags: "none" },
  svg: { fontCache: "global" },
  options: { enableMenu: false, skipHtmlTags: ["script", "noscript", "style", "textarea", "pre", "code"] },
  startup: { pageReady: () => MathJax.startup.defaultPageReady().then(startDeck) },
};
