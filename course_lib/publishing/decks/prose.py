"""Markdown as a slide wants it: what is shown, and what is said.

Shown are guesses, lists, tables, code, sentences with something in bold, a question that a text
ends with, and formulas with what is laid down for them ("Let …") and the words that lead there. All
of a cell's words are said: they are the notes.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, NavigableString, Tag
from nbconvert.filters import markdown2html

MINUTES = re.compile(r"^\*(\d+) minutes?\*[ \t]*\n?", re.MULTILINE)
FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)
NO_WORDS = re.compile(r"<code>.*?</code>|\$[^$]*\$", re.DOTALL)
SENTENCE = re.compile(r"(?:(?<=[.!?])|(?<=[.!?]</em>)|(?<=[.!?]</strong>))\s+(?=[^a-z])")
CLAUSE = re.compile(r"(?:(?<!amp)(?<!lt)(?<!gt)(?<!quot);|:)\s")
UNFINISHED = re.compile(r"\b(?:means|is|are|says|say)$")
ABBREVIATED = re.compile(r"(?:\b(?:al|resp|vs)|^[a-z])\.$")  # "a." counts suggestions
SHORT, WHOLE = 16, 20  # words: of what is cut, and up to which nothing is cut
REASON, ANSWER = 32, 36  # the same of an answer: it stands alone at its step, with its reason
ASKED = 36  # words of a question at a text's end, with what comes before it
LEAST = 2  # words that lead to a formula; one alone ("Hence") says nothing
GIVEN = re.compile(r"(?:Let|Suppose|Assume|Take|Call|Write|Put|Choose|Hold|Fix|Divide)\b")
POINTS_BACK = re.compile(r"(?:It|Its|They|Their|That|This|These|Those|Here|Both|Each|He|She)\b")
INLINE = ("a", "b", "br", "code", "em", "i", "strong", "sub", "sup")
CLOSE = re.compile(r"(?<=[^\n])\n(?=[ \t]*<details)")


def html_of(markdown: str) -> str:
    """Return Markdown as HTML, formulas left to be typeset."""
    return markdown2html(CLOSE.sub("\n\n", markdown))


def parts(markdown: str, whole: int = 0) -> Iterator[tuple[str, str, bool]]:
    """Yield (what is shown, what is said, is it an answer?) for each part of a text, in HTML.

    whole: so many words of a list are shown, where its items would else be cut to their first.
    """
    soup = _soup(markdown)
    led: list[str] = []  # above a formula: what is shown and what is said
    for child in list(soup.children):
        if isinstance(child, Tag) and child.name == "p" and _asks(child):
            yield str(child), "", False
        elif isinstance(child, Tag) and child.name == "p" and _leads(child):
            led = [_led(child), str(child)]
        elif isinstance(child, Tag) and led:
            yield led[0] + _bold(_sentences(child)), led[1] + str(child), False
            led = []
        elif isinstance(child, Tag):
            yield from _part(child, whole)
        elif isinstance(child, NavigableString) and child.strip():
            yield "", f"<p>{child}</p>", False


def spoken(markdown: str) -> str:
    """Return all of a text as notes, with nothing folded: a speaker has no hand to open it."""
    soup = _soup(markdown)
    for fold in soup.find_all("details"):
        summary = fold.find("summary")
        if summary is not None and _question(summary):
            summary.name = "p"
        elif summary is not None:
            summary.replace_with(BeautifulSoup("<p><b>Answer.</b></p>", "html.parser"))
        fold.unwrap()
    return str(soup)


def _soup(markdown: str) -> BeautifulSoup:
    """Return a text's HTML without links that lead out of a deck into the course."""
    soup = BeautifulSoup(html_of(markdown), "html.parser")
    for link in soup.find_all("a"):
        if "anchor-link" in str(link.get("class")):
            link.decompose()
        elif ".ipynb" in str(link.get("href")):
            link.unwrap()
    return soup


def _asks(tag: Tag) -> bool:
    """Say whether a paragraph is a question: its answer is folded below it."""
    below = tag.find_next_sibling()
    if not isinstance(below, Tag) or below.name != "details":
        return False
    summary = below.find("summary")
    return summary is None or not _question(summary)


def _leads(tag: Tag) -> bool:
    """Say whether a formula stands right below a paragraph of words."""
    below = tag.find_next_sibling()
    return not _is_formula(tag) and isinstance(below, Tag) and _is_formula(below)


def _is_formula(tag: Tag) -> bool:
    return tag.name == "p" and tag.get_text().lstrip().startswith("$$")


def _led(tag: Tag) -> str:
    """Return what a slide shows of a paragraph above a formula: at its end what leads there.

    Of a sentence that is too long to lead, its part behind the last colon or semicolon may do.
    """
    *others, last = _sentences(tag)
    for words in (last, CLAUSE.split(last)[-1]):
        plain = BeautifulSoup(words, "html.parser").get_text()
        if LEAST <= _count(words) and _besides(words) <= WHOLE and _whole(words):
            if plain.startswith("("):
                continue
            if words != last and "<strong>" in last.removesuffix(words):
                others.append(last)
            return f"{_bold(others, given=True)}<p>{_capital(words)}</p>"
    return _bold([*others, last], given=True)


def _besides(markup: str) -> int:
    """Count the words besides formulas."""
    text = BeautifulSoup(markup, "html.parser").get_text()
    return len(re.findall(r"\S*\w\S*", re.sub(r"\$[^$]*\$", " ", text)))


def _whole(words: str) -> bool:
    """Say whether no bracket, quotation or bold stretch is cut."""
    return (
        words.count("<strong>") == words.count("</strong>")
        and words.count("(") == words.count(")")
        and words.count('"') % 2 == 0
    )


def _question(summary: Tag) -> bool:
    """Say whether what opens a fold is the question itself, and no label such as "answer"."""
    text = summary.get_text().strip()
    return len(text.split()) > 3 and text.endswith((".", "?", "!", "$"))


def _part(tag: Tag, whole: int = 0) -> Iterator[tuple[str, str, bool]]:
    said = str(tag)
    if tag.name == "details":
        yield from _answer(tag, REASON)
    elif tag.name == "blockquote":
        yield from _guess(tag, said)
    elif tag.name in ("ul", "ol"):
        yield from _list(tag, said, whole)
    elif tag.name == "p":
        yield _bold(_sentences(tag)) or _introduces(tag), said, False
    else:  # a table, code, a smaller heading
        yield said, "", False


def _answer(tag: Tag, most: int) -> Iterator[tuple[str, str, bool]]:
    """Yield a fold: its question, if one opens it, and its answer, most words if it is long."""
    summary = tag.find("summary")
    if summary is not None:
        if _question(summary):
            yield f"<p>{summary.decode_contents()}</p>", "", False
        summary.extract()
    said = f"<p><b>Answer.</b></p>{tag.decode_contents()}"
    yield f'<div class="answer">{_brief(tag, most)}</div>', said, True


def _guess(tag: Tag, said: str) -> Iterator[tuple[str, str, bool]]:
    """Yield a guess: its first paragraph, what else it asks, its lists; the rest is only said."""
    tag["class"] = "guess"
    answers = [hidden.extract() for hidden in tag.find_all("details")]
    more = [p for p in tag.find_all("p", recursive=False)[1:] if not p.get_text().endswith("?")]
    for paragraph in more:
        paragraph.extract()
    yield str(tag), said if more else "", False
    for answer in answers:
        yield from _part(answer)


def _list(tag: Tag, said: str, whole: int = 0) -> Iterator[tuple[str, str, bool]]:
    """Yield a list whose long items keep their first words; answers are steps of their own."""
    below = tag.find_next_sibling()
    if isinstance(below, Tag) and below.name == "details":  # what is asked is read whole
        yield str(tag), "", False
        return
    answers = tag.find_all("details")
    if answers:  # questions, each with its answer
        for number, item in enumerate(tag.find_all("li", recursive=False), start=1):
            hidden = item.find("details")
            answer = hidden.extract() if hidden else None
            yield f'<ol start="{number}"><li>{item.decode_contents()}</li></ol>', "", False
            if answer is not None:
                yield from _answer(answer, SHORT)  # there are several on a page
        return
    items = tag.find_all("li", recursive=False)
    long = _share(items, whole) if whole else bool(sum(map(_shorten, items)))
    yield str(tag), said if long else "", False


def _shorten(item: Tag) -> bool:
    """Cut a long item of a list to its first words; say whether anything was cut."""
    if len(item.get_text().split()) <= WHOLE or item.find(["ul", "ol", "pre", "table", "details"]):
        return False
    first = _first(item)
    item.clear()
    item.append(BeautifulSoup(first, "html.parser"))
    return True


def _share(items: list[Tag], most: int) -> bool:
    """Let a list's items have so many words in all, in whole sentences; say if any was cut.

    Each has its first sentence; the second ones come before a third.
    """
    sentences = [_sentences(item) for item in items]
    for each in sentences:
        if len(each) > 1 and _count(each[0]) <= 2:  # a name: "Size."
            each[:2] = [" ".join(each[:2])]
    lengths = [[_count(NO_WORDS.sub("", each)) for each in item] for item in sentences]
    kept = [1] * len(items)
    left = most - sum(each[0] for each in lengths)
    open_items = set(range(len(items)))
    while open_items:
        for number in sorted(open_items):
            following = lengths[number][kept[number] : kept[number] + 1]
            if following and following[0] <= left:
                kept[number] += 1
                left -= following[0]
            else:
                open_items.discard(number)
    for item, each, count in zip(items, sentences, kept, strict=True):
        item.clear()
        item.append(BeautifulSoup(" ".join(each[:count]), "html.parser"))
    return any(count < len(each) for each, count in zip(sentences, kept, strict=True))


def _brief(tag: Tag, most: int) -> str:
    """Return an answer as a slide shows it: of prose the first sentences, the rest whole."""
    shown, loose = [], ""
    whole = ANSWER if most == REASON and _count(str(tag)) <= ANSWER else WHOLE
    if len(tag.find_all(["p", "li"])) > 1:  # of several answers in one the first words do
        most = SHORT
    for child in [*tag.children, None]:
        if isinstance(child, NavigableString) or (isinstance(child, Tag) and child.name in INLINE):
            loose += str(child)
            continue
        if loose.strip():  # words without a paragraph of their own
            shown.append(f"<p>{_first(_tag(f'<p>{loose.strip()}</p>'), most, whole)}</p>")
        loose = ""
        if isinstance(child, Tag):
            for item in child.find_all("li", recursive=False):
                _shorten(item)
            text = f"<p>{_first(child, most, whole)}</p>" if child.name == "p" else str(child)
            shown.append(text)
    return "".join(shown)


def _tag(markup: str) -> Tag:
    found = BeautifulSoup(markup, "html.parser").find()
    assert isinstance(found, Tag)
    return found


def _first(tag: Tag, most: int = SHORT, whole: int = WHOLE) -> str:
    """Return the first sentence, more while it is short, and formulas wherever they stand."""
    if _count(tag.decode_contents()) <= whole:
        return tag.decode_contents()
    found: list[str] = []
    cut = False
    for sentence in _sentences(tag):
        cut |= bool(found) and _count(" ".join([*found, sentence])) > most
        if not cut or FORMULA.search(sentence):
            found.append(sentence)
    return " ".join(found)


def _bold(sentences: list[str], *, given: bool = False) -> str:
    """Return what of a paragraph a slide shows: its formulas, and short sentences in bold.

    A sentence that points back ("It is …") takes along the one before. given: what is laid down
    for a formula ("Let …") is shown, too.
    """
    found: list[str] = []
    before = ""  # the last sentence, where it is not shown
    for sentence in sentences:
        shown = []
        text = BeautifulSoup(sentence, "html.parser").get_text()
        if formulas := FORMULA.findall(sentence):
            shown = [f"<p>{formula}</p>" for formula in formulas]
        elif given and GIVEN.match(text) and _besides(sentence) <= WHOLE:
            shown = [f"<p>{sentence}</p>"]
        elif "<strong>" in sentence:
            both = f"{before} {sentence}"
            if before and POINTS_BACK.match(text) and _count(both) <= WHOLE + 5:
                shown = [f"<p>{_capital(both)}</p>"]
            elif words := _short(sentence):
                shown = [f"<p>{words}</p>"]
        found += shown
        before = "" if shown else sentence
    return "".join(found)


def asked(paragraph: str) -> str:
    """Return how a paragraph is shown that ends with a question to the room, "" for another.

    A question takes along what comes before it, as far as there is room.
    """
    tag = BeautifulSoup(paragraph, "html.parser").find()
    if not isinstance(tag, Tag) or tag.name != "p" or not tag.get_text().rstrip().endswith("?"):
        return ""
    before, question = _sentences(tag), ""
    while before and (not question or _count(f"{before[-1]} {question}") <= ASKED):
        question = f"{before.pop()} {question}".strip()
    return f'{_bold(before)}<p class="asked">{question}</p>'


def _introduces(tag: Tag) -> str:
    """Return the sentence that introduces the list or table below it; "" where there is none."""
    below = tag.find_next_sibling()
    last = _sentences(tag)[-1:]
    leads = isinstance(below, Tag) and below.name in ("ul", "ol", "table")
    if leads and last and last[0].endswith(":") and 2 < _count(last[0]) <= WHOLE:
        return f"<p>{_capital(last[0])}</p>"
    return ""


def _short(sentence: str) -> str:
    """Return a sentence in bold as a slide shows it, "" if too little is left.

    A long one keeps its part up to a colon or semicolon, or what of it is in bold.
    """
    if _count(sentence) <= WHOLE:
        return _capital(sentence) if _count(sentence) > 2 else ""
    for part in CLAUSE.split(sentence):
        whole = part.count("<strong>") == part.count("</strong>") > 0
        whole = (
            whole
            and part.count("(") == part.count(")")
            and part.count('"') % 2 == 0
            and not UNFINISHED.search(part)
        )
        if whole and 5 < _count(part) <= WHOLE:
            return _finished(part)
    bold = BeautifulSoup(sentence, "html.parser").find_all("strong")
    words = " · ".join(each.decode_contents() for each in bold)
    return _finished(words) if _count(words) > 4 else ""  # less says nothing to who sees it


def _finished(words: str) -> str:
    """Return words as a sentence; several that are only named stay so."""
    words = _capital(words)
    ends = BeautifulSoup(words, "html.parser").get_text().rstrip().endswith((".", "!", "?", ":"))
    return words if ends or " · " in words else f"{words}."


def _capital(words: str) -> str:
    """Return words that begin with a capital letter, after what sets them in bold or italics."""
    return re.sub(r"^((?:<(?:strong|em)>)*)([a-z])(?=[a-z]* )", _raised, words)


def _raised(found: re.Match[str]) -> str:
    return found.group(1) + found.group(2).upper()


def _quotes(markup: str) -> bool:
    """Say whether what is quoted goes on after a text."""
    plain = BeautifulSoup(markup, "html.parser").get_text()
    return plain.count('"') % 2 == 1 or plain.count("“") > plain.count("”")


def _count(markup: str) -> int:
    return len(BeautifulSoup(markup, "html.parser").get_text().split())


def _sentences(tag: Tag) -> list[str]:
    """Return a paragraph's sentences, in HTML.

    None is cut in a tag, a formula, brackets or quotation marks.
    """
    found = [""]
    for piece in SENTENCE.split(tag.decode_contents().strip()):
        found[-1] = f"{found[-1]} {piece}".strip()
        text = found[-1]
        open_tags = len(re.findall(r"<(?!/|br|img)\w", text)) - len(re.findall(r"</\w", text))
        plain = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", text, flags=re.DOTALL)
        dollars = text.count("$$") % 2 or text.count("$") % 2
        inside = plain.count("(") > plain.count(")") or dollars or _quotes(text)
        if open_tags == 0 and not inside and not ABBREVIATED.search(text):
            found.append("")
    return [sentence for sentence in found if sentence]
