"""In a real browser, on a telephone and on a screen: a drawing's letters are large enough to read,
no two of its texts overlap, and none leaves it, step by step. None is scrolled sideways."""

import re

import pytest

from course_lib.files import cells
from course_lib.lessons import ROOT, notebooks
from tests.chromium import browser_page

SHOWN = {360: (328, 9), 1280: (736, 11)}  # a window -> the site's column in it, smallest letters
DRAWN = re.compile(r'<figure [^>]*data-drawn="[^>]*>.*?</figure>', re.DOTALL)
SEE = """(least) => [...document.querySelectorAll("section")].flatMap((section) => {
  const [svg, ...more] = [...section.querySelectorAll("svg")].filter((each) => each.clientWidth);
  if (!svg || more.length) return [`${section.id}: ${more.length + 1} layouts are seen, not one`];
  const room = svg.getBoundingClientRect(), found = [], parts = svg.querySelectorAll("[data-from]");
  const scale = room.width / svg.viewBox.baseVal.width;
  if (room.right > section.getBoundingClientRect().right + 1) found.push("leaves the column");
  for (const step of new Set([999, ...[...parts].map((part) => Number(part.dataset.from))])) {
    for (const part of parts) {
      const seen = Number(part.dataset.from) <= step && step <= Number(part.dataset.to);
      part.style.visibility = seen ? "visible" : "hidden";
    }
    const texts = [...svg.querySelectorAll("text")]
      .filter((text) => getComputedStyle(text).visibility === "visible" && text.textContent.trim());
    const sizes = texts.map((text) => scale * parseFloat(text.getAttribute("font-size")));
    const small = Math.min(...sizes);
    if (small < least) found.push(`letters of ${small.toFixed(1)} pixels`);
    const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([words, box], i) => {
      if (box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1
          || box.bottom > room.bottom + 1) found.push(`step ${step}: ${words} leaves the drawing`);
      for (const [others, other] of boxes.slice(i + 1)) {
        const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
        const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
        // letters fill about two thirds of their line's height
        if (wide > 2 * scale && high > 0.3 * Math.min(box.height, other.height)) {
          found.push(`step ${step}: ${words} and ${others} overlap`);
        }
      }
    });
  }
  return [...new Set(found)].map((fault) => `${section.id}: ${fault}`);
})"""
TOLD = """() => [...document.querySelectorAll("section:has([data-layout])")].flatMap((section) => {
  const [one, other] = ["wide", "narrow"].map((layout) => {
    const texts = [...section.querySelectorAll(`[data-layout=${layout}] text`)];
    return new Set(texts.flatMap((text) => text.textContent.split(/\\s+/)));
  });
  const apart = [...one.symmetricDifference(other)];
  return apart.length ? [`${section.id}: in one layout alone: ${apart.join(", ")}`] : [];
})"""


def drawings():
    """Yield each drawing of each notebook: (notebook and cell, its figure)."""
    for path in notebooks():
        for cell in cells.read(path)["cells"]:
            for output in cell.get("outputs", []):
                for figure in DRAWN.findall("".join(output.get("data", {}).get("text/html", ""))):
                    if "<svg" in figure:
                        yield f"{path.relative_to(ROOT / 'notebooks')}, {cell['id']}", figure


@pytest.fixture(scope="module")
def page():
    """All drawings of the course, one below the other."""
    with browser_page(width=1280, height=1200) as opened:
        shown = "".join(f'<section id="{name}">{each}</section>' for name, each in drawings())
        opened.set_content(f'<body style="margin:0;font-family:sans-serif">{shown}</body>')
        yield opened


@pytest.mark.parametrize("window", SHOWN)
def test_a_drawing_can_be_read(page, window):
    column, least = SHOWN[window]
    page.set_viewport_size({"width": window, "height": 1200})
    page.evaluate("(wide) => { document.body.style.width = `${wide}px`; }", column)
    found = page.evaluate(SEE, least)
    assert not found, "\n".join(found)


def test_both_layouts_of_a_drawing_tell_the_same(page):
    assert not page.evaluate(TOLD)
