"""Markdown as a slide wants it: what is shown, and what is said.

Shown are guesses, lists, formulas, tables, code, and sentences with something in bold. All of a
cell's words are said: they are the notes.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, NavigableString, Tag
from nbconvert.filters import markdown2html

MINUTES = re.compile(r"^\*(\d+) minutes?\*[ \t]*\n?", re.MULTILINE)
FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)
SENTENCE = re.compile(r"(?:(?<=[.!?:])|(?<=[.!?:]</em>)|(?<=[.!?:]</strong>))\s+(?=[^a-z])")
SHORT = 16  # words of a list item, or of a sentence in bold, that a slide takes whole
INLINE = ("a", "b", "br", "code", "em", "i", "strong", "sub", "sup")
CLOSE = re.compile(r"(?<=[^\n])\n(?=[ \t]*<details)")


def html_of(markdown: str) -> str:
    """Return Markdown as HTML, formulas left to be typeset."""
    return markdown2html(CLOSE.sub("\n\n", markdown))


def parts(markdown: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (what is shown, what is said, is it an answer?) for each part of a text, in HTML."""
    soup = BeautifulSoup(html_of(markdown), "html.parser")
    for link in soup.find_all("a"):
        if "anchor-link" in str(link.get("class")):
            link.decompose()
        elif ".ipynb" in str(link.get("href")):
            link.unwrap()
    for child in list(soup.children):
        if isinstance(child, Tag) and child.name == "p" and _asks(child):
            yield str(child), "", False
        elif isinstance(child, Tag):
            yield from _part(child)
        elif isinstance(child, NavigableString) and child.strip():
            yield "", f"<p>{child}</p>", False


def _asks(tag: Tag) -> bool:
    """Say whether a paragraph is a question: its answer is folded below it."""
    below = tag.find_next_sibling()
    if not isinstance(below, Tag) or below.name != "details":
        return False
    summary = below.find("summary")
    return summary is None or not _question(summary)


def _question(summary: Tag) -> bool:
    """Say whether what opens a fold is the question itself, and no label such as "answer"."""
    text = summary.get_text().strip()
    return len(text.split()) > 3 and text.endswith((".", "?", "!", "$"))


def _part(tag: Tag) -> Iterator[tuple[str, str, bool]]:
    said = str(tag)
    if tag.name == "details":
        summary = tag.find("summary")
        if summary is not None:
            if _question(summary):
                yield f"<p>{summary.decode_contents()}</p>", "", False
            summary.extract()
        said = tag.decode_contents()
        yield f'<div class="answer">{_brief(tag)}</div>', f"<p><b>Answer.</b></p>{said}", True
    elif tag.name == "blockquote":
        yield from _guess(tag, said)
    elif tag.name in ("ul", "ol"):
        yield from _list(tag, said)
    elif tag.name == "p":
        yield _bold(tag), said, False
    else:  # a table, code, a smaller heading
        yield said, "", False


def _guess(tag: Tag, said: str) -> Iterator[tuple[str, str, bool]]:
    """Yield a guess: its first paragraph and its lists; what more it tells is only said."""
    tag["class"] = "guess"
    answers = [hidden.extract() for hidden in tag.find_all("details")]
    more = tag.find_all("p", recursive=False)[1:]
    for paragraph in more:
        paragraph.extract()
    yield str(tag), said if more else "", False
    for answer in answers:
        yield from _part(answer)


def _list(tag: Tag, said: str) -> Iterator[tuple[str, str, bool]]:
    """Yield a list whose long items keep their first words; answers are steps of their own."""
    answers = tag.find_all("details")
    if answers:  # questions, each with its answer
        for number, item in enumerate(tag.find_all("li", recursive=False), start=1):
            hidden = item.find("details")
            answer = hidden.extract() if hidden else None
            yield f'<ol start="{number}"><li>{item.decode_contents()}</li></ol>', "", False
            if answer is not None:
                yield from _part(answer)
        return
    long = False
    for item in tag.find_all("li", recursive=False):
        if len(item.get_text().split()) > SHORT and not item.find(["ul", "ol", "pre", "table"]):
            first = _first(item)
            item.clear()
            item.append(BeautifulSoup(first, "html.parser"))
            long = True
    yield str(tag), said if long else "", False


def _brief(tag: Tag) -> str:
    """Return an answer as a slide shows it: of prose the first sentence, the rest whole."""
    shown, loose = [], ""
    for child in [*tag.children, None]:
        if isinstance(child, NavigableString) or (isinstance(child, Tag) and child.name in INLINE):
            loose += str(child)
            continue
        if loose.strip():  # words without a paragraph of their own
            shown.append(f"<p>{_first(_tag(f'<p>{loose.strip()}</p>'))}</p>")
        loose = ""
        if isinstance(child, Tag):
            shown.append(f"<p>{_first(child)}</p>" if child.name == "p" else str(child))
    return "".join(shown)


def _tag(markup: str) -> Tag:
    found = BeautifulSoup(markup, "html.parser").find()
    assert isinstance(found, Tag)
    return found


def _first(tag: Tag) -> str:
    """Return the first sentence, and formulas wherever they stand; more while it is short."""
    found: list[str] = []
    for sentence in _sentences(tag):
        longer = len(BeautifulSoup(" ".join([*found, sentence]), "html.parser").get_text().split())
        if found and longer > SHORT and not FORMULA.search(sentence):
            continue
        found.append(sentence)
    return " ".join(found)


def _bold(tag: Tag) -> str:
    """Return what of a paragraph a slide shows: its formulas, and short sentences in bold."""
    found = []
    for sentence in _sentences(tag):
        if formulas := FORMULA.findall(sentence):
            found += [f"<p>{formula}</p>" for formula in formulas]
        elif "<strong>" in sentence:
            words = BeautifulSoup(sentence, "html.parser")
            count = len(words.get_text().split())
            if count > SHORT + 4:
                words = " · ".join(bold.decode_contents() for bold in words.find_all("strong"))
                count = len(words.split())
            if count > 2:  # a word alone says nothing to who sees it
                found.append(f"<p>{words}</p>")
    return "".join(found)


def _sentences(tag: Tag) -> list[str]:
    """Return the sentences of a paragraph, in HTML; none is cut inside a tag or a formula."""
    found = [""]
    for piece in SENTENCE.split(tag.decode_contents().strip()):
        found[-1] = f"{found[-1]} {piece}".strip()
        text = found[-1]
        open_tags = len(re.findall(r"<(?!/|br|img)\w", text)) - len(re.findall(r"</\w", text))
        if open_tags == 0 and text.count("$$") % 2 == 0 and text.count("$") % 2 == 0:
            found.append("")
    return [sentence for sentence in found if sentence]
