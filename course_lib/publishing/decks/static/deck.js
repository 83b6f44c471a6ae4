// Fills slides of 1280 x 720 with each question's blocks, in the fonts of this very machine, and
// starts reveal. No page is laid out beforehand: other letters need other pages.
const [WIDE, HIGH, EDGE, SMALLEST, PICTURE, TALL, WORDS, BESIDE, MOST] = [1280, 720, 48, 24, 400, 0.7, 40, 42, 70];
const [FINE, LEFT] = [800, 4];  // pixels of a picture whose letters are small; lines that may stand alone

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
// a list and a question with its answer are read as one, and may have more words
const whole = (page) => page.querySelector(".answer, .block > ul, .block > ol");
const room = (page) => words(page) <= (whole(page) ? MOST : WORDS) && fits(page);
const fits = (page) => page.getBoundingClientRect().height <= HIGH + 0.5 && page.scrollWidth <= WIDE;
const content = (block) => block.firstElementChild;
const size = (element, pixels) => { element.style.fontSize = `${pixels}px`; };

function fitFormulas(block) {  // a page of its own would not help what is too wide
  for (const table of block.querySelectorAll("figure > table")) {
    table.classList.toggle("wide", table.offsetWidth > table.parentElement.clientWidth);
  }
  for (const formula of block.querySelectorAll('mjx-container[display="true"]')) {
    const drawn = formula.querySelector("svg").getBoundingClientRect().width;
    const wide = formula.parentElement.clientWidth;
    if (drawn > wide) formula.style.fontSize = `${95 * wide / drawn}%`;
  }
}

// a picture: how wide it is for its height, and how many pixels high it may get
function drawn(block) {
  const image = block.querySelector("figure img, figure svg");
  if (!image || block.querySelector(".course-drag")) return null;
  const box = image.viewBox ? image.viewBox.baseVal : { width: image.naturalWidth, height: image.naturalHeight };
  const ratio = box.height / box.width || 0.6;
  const most = Math.min(560, 1184 * ratio, box.height * (image.viewBox ? 1.9 : 1.15));
  return { image, figure: image.closest("figure"), ratio, most };
}

function fitPicture(page, block, alone) {  // as large as the page allows; false if it is too small
  const picture = drawn(block);
  if (!picture) return giveWay(page, block);
  const { image, figure, ratio, most } = picture;
  const fine = (image.naturalHeight ?? 0) > FINE;  // such a picture needs all the room there is
  const least = alone ? 100 : Math.min(most, fine ? HIGH : PICTURE);
  figure.classList.toggle("tall", alone && ratio > TALL);  // its caption stands beside it
  for (let height = most; height >= least; height -= 10) {
    image.style.height = `${height}px`;
    image.style.width = image.viewBox ? `${height / ratio}px` : "auto";
    if (fits(page)) return true;
  }
  return fits(page);
}

// a picture gives way to words below it that else had a page for themselves
function giveWay(page, block) {
  const held = [...page.querySelectorAll(":scope > .block")].find((each) => each !== block && drawn(each));
  const words = block.dataset.kind === "text" && !block.querySelector("table, pre");
  if (!words || !held || page.dataset.beside || held.querySelector(".course-player") || room(page)) return true;
  const { image, figure, ratio } = drawn(held);
  const was = [image.style.cssText, figure.className];
  if (ratio > TALL || !fitPicture(page, held, false) || !room(page)) [image.style.cssText, figure.className] = was;
  return true;
}

// text and a picture beside each other, where below each other they need two pages
function fitBeside(page) {
  const blocks = [...page.querySelectorAll(":scope > .block")];
  const [block, ...others] = blocks.filter((each) => each.querySelector("figure img, figure svg"));
  const told = blocks.filter((each) => each !== block);
  const plain = (each) => !each.querySelector("table, pre, .course-drag") && each.dataset.kind === "text";
  const picture = block && !others.length && drawn(block);
  if (!picture || !told.length || !told.every(plain) || words(page) > BESIDE) return false;
  const { image, figure, ratio, most } = picture;
  const was = [...blocks, image].map((part) => [part, part.style.cssText]);
  const tall = figure.classList.contains("tall");
  figure.classList.remove("tall");
  const heading = page.querySelector("h1, h2");
  const top = heading.offsetTop + heading.offsetHeight + 18;
  for (let height = Math.min(most, 760 * ratio); height >= 0.8 * Math.min(440, most); height -= 10) {
    const wide = Math.max(height / ratio, 400);
    Object.assign(image.style, { width: `${height / ratio}px`, height: `${height}px` });
    const left = blocks[0] === block;  // what is seen first stands left
    block.style.cssText = `position:absolute;top:${top}px;${left ? "left" : "right"}:${EDGE}px;width:${wide}px`;
    told.forEach((each) => {
      each.style.cssText = `width:${WIDE - 2 * EDGE - wide - 32}px;margin-left:${left ? wide + 32 : 0}px`;
    });
    const formulas = [...page.querySelectorAll('mjx-container[display="true"]')];
    const tooWide = formulas.some((each) => each.querySelector("svg").getBoundingClientRect().width > each.parentElement.clientWidth);
    if (!tooWide && top + block.offsetHeight <= HIGH - 44 && fits(page)) return true;
  }
  was.forEach(([part, style]) => { part.style.cssText = style; });
  figure.classList.toggle("tall", tall);
  return false;
}

function fitWidget(page, block) {  // beside words what is tried may have smaller letters
  const others = [...page.querySelectorAll(":scope > .block")].filter((each) => each !== block);
  const plain = others.length && others.every((each) => each.dataset.kind === "text");
  if (!block.querySelector(".course-drag") || !plain || words(page) > BESIDE) return false;
  const parts = [...block.querySelectorAll("table, .course-drag, p, td, th")];
  const was = parts.map((part) => part.style.fontSize);
  for (let pixels = SMALLEST; pixels > SMALLEST - 3; pixels -= 1) {
    parts.forEach((part) => size(part, pixels));
    if (fits(page)) return true;
  }
  parts.forEach((part, at) => { part.style.fontSize = was[at]; });
  return false;
}

// beside its words a picture may be larger than below them
function fitLarger(page, block) {
  const { image, figure } = drawn(block);
  const blocks = [...page.querySelectorAll(":scope > .block")];
  const was = [...blocks, image].map((part) => [part, part.style.cssText]);
  const below = image.getBoundingClientRect().height;
  if (fitBeside(page) && image.getBoundingClientRect().height > 1.15 * below) return true;
  was.forEach(([part, style]) => { part.style.cssText = style; });
  figure.classList.remove("tall");
  return false;
}

// a listing or table that is longer than a page begins on this one, if some of it has room
function beginsHere(page, block) {
  if (!block.querySelector("pre, tbody") || page.querySelector("figure img, figure svg, .course-drag")) return false;
  const tight = page.classList.contains("tight");
  page.classList.add("tight");
  const [high, all] = [block.offsetHeight, page.getBoundingClientRect().height];
  page.classList.toggle("tight", tight);
  return high > HIGH - 136 && all - high < 0.45 * HIGH;
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

// the line before which a listing is cut: of those in the second half the last that is empty, or the
// last of those that stand furthest left
function seam(lines, most) {
  const plain = lines.map((line) => Object.assign(document.createElement("p"), { innerHTML: line }).textContent);
  const depth = (line) => (line.trim() ? line.search(/\S/) : -1);
  let best = most;
  for (let at = most; at > most / 2; at -= 1) {
    const closes = /^\s*[)\]}]/.test(plain[at]);
    if (!closes && depth(plain[at]) < depth(plain[best])) best = at;
  }
  return best;
}

function cutLines(block, pre, lines, cut) {
  pre.innerHTML = lines.slice(0, cut).join("\n");
  return rest(block, lines.slice(cut), (copy, others) => {
    copy.querySelector("pre").innerHTML = others.join("\n").replace(/^\n/, "");
  });
}

function splitLines(page, block, pre) {
  const lines = pre.innerHTML.split("\n");
  for (let kept = lines.length - 1; kept > 2; kept -= 1) {
    pre.innerHTML = lines.slice(0, kept).join("\n");
    if (room(page)) {
      return cutLines(block, pre, lines, seam(lines, Math.max(3, Math.min(kept, lines.length - LEFT))));
    }
  }
  pre.innerHTML = lines.join("\n");
  return null;
}

function cutTail(block) {  // the last lines of a listing, to stand above what they print
  const pre = block.querySelector("pre");
  const lines = pre.innerHTML.split("\n");
  if (lines.length < 3 * LEFT) return null;
  return cutLines(block, pre, lines, seam(lines, lines.length - LEFT));
}

function split(page, block) {  // move the end of a list, a table or a listing to a block of its own
  const only = content(block);
  if (!only || block.querySelector(".course-drag, .course-player")) return null;
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

// a wrapped line of code goes on further in than it began; its comment stays whole
function hang(block) {
  for (const pre of block.querySelectorAll("pre")) {
    const most = Math.floor((pre.clientWidth - 16) / (parseFloat(getComputedStyle(pre).fontSize) * 0.602));
    const lines = pre.innerHTML.split("\n").map((line) => {
      const shown = Object.assign(document.createElement("p"), { innerHTML: line });
      const text = shown.textContent;
      const from = text.search(/\S/) + 4;
      if (text.length <= most || from < 4) return line;
      const last = shown.lastElementChild;
      if (last?.textContent.startsWith("# ") && last.textContent.length < most - from) {
        last.style.cssText += ";display:inline-block;text-indent:0";
      }
      const texts = document.createTreeWalker(shown, 4);  // its words alone
      while (texts.nextNode()) {  // no sign is left behind
        texts.currentNode.data = texts.currentNode.data.replace(/-(?=\w|$)/g, "-\u2060");
      }
      return `<span style="display:inline-block;padding-left:${from}ch;text-indent:-${from}ch">${shown.innerHTML}</span>`;
    });
    pre.innerHTML = lines.join("\n");
  }
}

// code goes along with its output, a question with its answer and with what it is tried in, words
// that end in a colon or are all bold with what they introduce
const leads = (last, next) => last.classList.contains("block")
  && ((last.dataset.kind === "text" && content(next)?.matches(".answer"))
    || (next.querySelector(".guess") && content(last)?.matches("p:has(> strong:only-child)") && content(last).textContent === content(last).firstChild.textContent)
    || (last.dataset.kind === "code" && next.dataset.kind === "output" && last.dataset.cell === next.dataset.cell)
    || (last.dataset.kind === "text" && next.querySelector(".course-drag"))
    || (last.dataset.kind === "text" && /:\s*$/.test(last.textContent)));  // no innerText yet: hidden

// letters a little smaller, where that spares a page
function tighten(page) {
  if (page.querySelector("h1, figure img, figure svg, .course-drag")) return false;
  page.classList.add("tight");
  if (room(page)) return true;
  page.classList.remove("tight");
  return false;
}

// ---- one question: its pages

function pagesOf(question) {
  const heading = question.querySelector("h1, h2");
  const blocks = [...question.querySelectorAll(":scope > .block")];
  const stack = document.createElement("section");
  const pages = [];
  stack.style.cssText = `display:block;width:${WIDE}px`;
  question.before(stack);
  let headed = "";
  const open = () => {
    const page = document.createElement("section");
    page.style.cssText = `display:block;position:absolute;visibility:hidden;height:auto;width:${WIDE}px`;
    page.dataset.question = question.dataset.question;
    page.append(heading.cloneNode(true));
    if (headed) page.firstElementChild.innerHTML = headed;
    stack.append(page);
    pages.push(page);
    return page;
  };
  let page = open();
  while (blocks.length) {
    const block = blocks.shift();
    if (block.dataset.heading && block.dataset.heading !== headed) {
      headed = block.dataset.heading;
      if (page.children.length > 1) page = open();
      page.firstElementChild.innerHTML = headed;
    }
    const alone = page.children.length === 1;
    page.append(block);
    if (block.dataset.tight) page.classList.add("tight");
    const tight = page.classList.contains("tight");
    if (!block.dataset.hung) hang(block);
    block.dataset.hung = "yes";
    fitFormulas(block);
    if (page.dataset.beside) {
      if (fitBeside(page)) continue;
    } else {
      if (fitPicture(page, block, alone) && room(page)) {
        if (!alone && drawn(block) && fitLarger(page, block)) page.dataset.beside = "yes";
        continue;
      }
      if (fitWidget(page, block)) continue;
      if (!alone && fitBeside(page)) {
        page.dataset.beside = "yes";
        continue;
      }
      if (tighten(page)) continue;
    }
    const begins = !alone && beginsHere(page, block);
    const cutShort = alone || begins || block.querySelectorAll("li").length > 3;
    if ((alone || begins) && block.querySelector("pre")) {  // a long listing, on fewer pages
      page.classList.add("tight");
      block.dataset.tight = "yes";
    }
    const more = cutShort ? split(page, block) : null;
    if (more) {
      blocks.unshift(more);
      page = open();
    } else if (alone) {
      shrink(page, block);
      if (blocks.length) page = open();
    } else {
      const full = page;
      const chain = [];
      block.remove();
      if (full.dataset.beside) fitBeside(full);
      full.classList.toggle("tight", tight);
      const asks = block.querySelector(".guess, .vote");
      const lonely = block.dataset.kind === "text" && !asks && (!blocks.length || blocks[0].dataset.heading);
      if (lonely && !full.dataset.beside && full.children.length > 2 && full.lastElementChild.dataset.kind === "output") {
        chain.unshift(full.lastElementChild);  // a last sentence stands below what it is about
        chain[0].remove();
      }
      for (let last = full.lastElementChild; !full.dataset.beside && full.children.length > 2 && leads(last, chain[0] ?? block);) {
        chain.unshift(last);
        last.remove();
        last = full.lastElementChild;
      }
      const before = full.lastElementChild;
      const output = chain[0] ?? block;
      const tail = before.dataset.kind === "code" && output.dataset.kind === "output" && leads(before, output) ? cutTail(before) : null;
      if (tail) chain.unshift(tail);
      full.classList.remove("tight");
      if (!room(full)) full.classList.toggle("tight", tight);
      page = open();
      page.append(...chain, block);  // what does not fit even so need not have moved
      if (chain.length && !(fitPicture(page, block, false) && room(page)) && !tighten(page) && !fitWidget(page, block)) {
        if (tail) before.querySelector("pre").innerHTML += `\n${chain.shift().querySelector("pre").innerHTML}`;
        tail?.remove();
        full.append(...chain);
        full.classList.toggle("tight", tight);
      }
      page.classList.remove("tight");
      blocks.unshift(...page.querySelectorAll(":scope > .block"));
      page.querySelectorAll(":scope > .block").forEach((each) => each.remove());
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

// a number and its sign stay on one line
function join(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.parentElement.closest("pre, code, svg, script, style, .course-player, .course-drag")) text.data = text.data.replace(/(\d) (?=%)/g, "$1\u00a0");
  }
}

// ---- all of it

function startDeck() {
  const slides = document.querySelector(".slides");
  slides.style.cssText = `width:${WIDE}px;height:${HIGH}px;position:absolute`;
  slides.querySelectorAll(".course-drag, .course-player").forEach((part) => { part.dataset.preventSwipe = ""; });
  const questions = [...slides.children];
  join(slides);
  questions.forEach((question) => { question.style.display = "none"; });
  const total = questions.reduce((sum, question) => sum + 60 * question.dataset.minutes, 0);
  questions.forEach(pagesOf);
  slides.removeAttribute("style");
  Reveal.on("fragmentshown", (event) => turn(event, "ArrowRight"));
  Reveal.on("fragmenthidden", (event) => turn(event, "ArrowLeft"));
  return Reveal.initialize({
    width: WIDE, height: HIGH, margin: 0, center: false, hash: true, transition: "none",
    controlsTutorial: false,  // arrows that bounce until one is pressed
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
