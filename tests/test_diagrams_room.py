"""In a real browser: no two texts of a drawing overlap, and none leaves it, step by step."""

import re

import pytest

from course_lib.files import cells
from course_lib.lessons import LESSONS, TRACKS
from tests.chromium import browser_page

SVG = re.compile(r'<script type="image/svg\+xml">(.*?)</script>', re.DOTALL)
SEE = """() => {
  const svg = document.querySelector("svg"), room = svg.getBoundingClientRect(), found = [];
  const steps = new Set([999]);
  for (const part of svg.querySelectorAll("[data-from]")) steps.add(Number(part.dataset.from));
  for (const step of steps) {
    for (const part of svg.querySelectorAll("[data-from]")) {
      const seen = Number(part.dataset.from) <= step && step <= Number(part.dataset.to);
      part.style.visibility = seen ? "visible" : "hidden";
    }
    const boxes = [...svg.querySelectorAll("text")]
      .filter((text) => getComputedStyle(text).visibility === "visible" && text.textContent.trim())
      .map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([words, box], i) => {
      if (box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1
          || box.bottom > room.bottom + 1) found.push(`step ${step}: ${words} leaves the drawing`);
      for (const [others, other] of boxes.slice(i + 1)) {
        const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
        const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
        // letters fill about two thirds of their line's height
        if (wide > 2 && high > 0.3 * Math.min(box.height, other.height)) {
          found.push(`step ${step}: ${words} and ${others} overlap`);
        }
      }
    });
  }
  return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def page():
    with browser_page(width=1280, height=1200) as opened:
        yield opened


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
@pytest.mark.parametrize("track", TRACKS)
def test_texts_have_room(page, track, lesson):
    seen, found = 0, []
    for cell in cells.read(lesson.path(track))["cells"]:
        for output in cell.get("outputs", []):
            for drawing in SVG.findall("".join(output.get("data", {}).get("text/html", ""))):
                seen += 1
                page.set_content(f"<body style='font-family: sans-serif'>{drawing}</body>")
                found += [f"{cell['id']}, {fault}" for fault in page.evaluate(SEE)]
    assert seen >= 1 and not found
