"""What students really hand in: forty kinds of mess, each written into a folder of one's own."""

import io
import json
import os
import zipfile

from course_lib.files import cells
from tests.grading.handed_in import code, notebook, solved

EARLY, LATE = 1_700_000_000, 1_800_000_000  # when a file was changed


def put(path, content, when=None):
    """Write a file (bytes, text, or a notebook as a dictionary), and say when it was changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_bytes(content))
    if when is not None:
        os.utime(path, (when, when))
    return path


def as_bytes(content):
    if isinstance(content, dict):
        content = json.dumps(content)
    return content if isinstance(content, bytes) else content.encode()


def zipped(files, *, date=(2026, 5, 1, 12, 0, 0), how=zipfile.ZIP_DEFLATED):
    """Return a zip of {name: content, or (content, its date)}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            content, when = content if isinstance(content, tuple) else (content, date)
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = how
            archive.writestr(entry, as_bytes(content))
    return out.getvalue()


def changed(made, change):
    """Return a copy of a notebook after change(copy)."""
    copy = json.loads(json.dumps(made))
    change(copy)
    return copy


def with_outputs(made, size):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * size}

    def add(copy):
        next(c for c in copy["cells"] if c["cell_type"] == "code")["outputs"] = [output]

    return changed(made, add)


def of_format_3(made):
    old = []
    for cell in made["cells"]:
        new = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        text = cells.source(cell)
        if cell["cell_type"] == "code":
            new |= {"input": text, "language": "python", "outputs": [], "prompt_number": 1}
        elif text.startswith("# "):
            new |= {"cell_type": "heading", "level": 1, "source": text[2:]}
        else:
            new |= {"source": text}
        old.append(new)
    return {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": old, "metadata": {}}],
    }


def kinds(released):
    """Return {kind: write(folder)} whose right work must have full points."""
    right, stub = notebook(released), released
    name = "02_softmax.ipynb"
    other = solved("code/04_scaling")
    nothing = changed(right, lambda n: n["cells"].clear())

    def insert(cell):
        return changed(right, lambda n: n["cells"].insert(4, cell))

    def without(*keys):
        return changed(right, lambda n: [n.pop(key) for key in keys])

    def no_ids(made):
        for cell in made["cells"]:
            cell["metadata"] = {}

    def no_checks(made):
        made["cells"] = [cell for cell in made["cells"] if not cells.checked(cell)]

    def lines(made):
        for cell in made["cells"]:
            cell["source"] = cells.source(cell).splitlines(keepends=True)

    def bad_outputs(made):
        for cell in made["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = {"odd": 1}

    course = {
        f"attention/notebooks/exercises/code/{name}": stub,
        f"attention/notebooks/solutions/code/{name}": solved(),
        "attention/notebooks/exercises/code/03_lookup.ipynb": solved("code/03_lookup"),
        f"attention/my_work/code/{name}": right,
        "attention/my_work/code/04_scaling.ipynb": other,
        "attention/.venv/lib/x.ipynb": nothing,
        "attention/README.md": "# Attention",
    }
    lying = zipped({"o" * 14 + ".ipynb": right})  # UTF-8, without the flag that says so
    lying = lying.replace(b"o" * 14, "Übung/lösung".encode())
    return {
        "as it should be": {name: right},
        "renamed": {"Übung 2 (final) (1).ipynb": right},
        "in capitals": {"02_SOFTMAX.IPYNB": right},
        "a zip": {"work.zip": zipped({name: right})},
        "a zip in a zip": {"work.zip": zipped({"inner.zip": zipped({name: right})})},
        "three zips deep": {"a.zip": zipped({"b.zip": zipped({"c/c.zip": zipped({name: right})})})},
        "a folder in a zip": {"work.zip": zipped({f"my homework/{name}": right})},
        "a zip in a folder": {"hand in/work.zip": zipped({name: right})},
        "in my_work": {f"my_work/code/{name}": right},
        "deep in folders": {f"a/b/c/d/e/{name}": right},
        "all lessons in one zip": {
            "all.zip": zipped({f"code/{name}": right, "code/04_scaling.ipynb": other})
        },
        "the whole course in a zip": {"attention.zip": zipped(course)},
        "another lesson saved later": {name: (right, EARLY), "04_scaling.ipynb": (other, LATE)},
        "another track's notebook of that name": {
            f"code/{name}": (right, EARLY),
            f"maths/{name}": (solved("maths/02_softmax"), LATE),
        },
        "as handed out, saved later": {name: (right, EARLY), "copy.ipynb": (stub, LATE)},
        "broken, saved later": {name: (right, EARLY), "copy.ipynb": ('{"cells": [', LATE)},
        "empty, saved later": {name: (right, EARLY), "Untitled.ipynb": ("", LATE)},
        "two tries": {"try1.ipynb": (nothing, EARLY), "try2.ipynb": (right, LATE)},
        "a Mac's shadow": {name: (right, EARLY), f"._{name}": (b"\0\5\x16\7\0\2", LATE)},
        "a Mac's zip": {
            "w.zip": zipped({f"w/{name}": right, f"__MACOSX/w/._{name}": b"\0\5\x16\7"})
        },
        "a Mac's folder": {name: right, ".DS_Store": b"\0\0\0\1Bud1"},
        "a checkpoint": {
            name: (right, EARLY),
            ".ipynb_checkpoints/02_softmax-checkpoint.ipynb": (stub, LATE),
        },
        "a zip with checkpoints": {
            "w.zip": zipped({name: right, ".ipynb_checkpoints/x.ipynb": (stub, (2030,) + (1,) * 5)})
        },
        "Windows' and git's own": {name: right, "Thumbs.db": b"x", ".git/x.ipynb": "{}"},
        "as text": {f"{name}.txt": right},
        "as JSON": {"02_softmax.json": right},
        "a zip called notebook": {name: zipped({name: right})},
        "a notebook called zip": {"02_softmax.zip": right},
        "with a mark at its start": {name: b"\xef\xbb\xbf" + json.dumps(right).encode()},
        "in UTF-16": {name: json.dumps(right).encode("utf-16")},
        "source is null": {name: insert(code(None))},
        "metadata is null": {name: insert({**code("x = 1"), "metadata": None})},
        "a number for a cell": {name: insert(7)},
        "null for a cell": {name: insert(None)},
        "a text for a cell": {name: insert("x = 1")},
        "a cell of no kind": {name: insert({"source": "x = 1"})},
        "no version": {name: without("nbformat", "nbformat_minor")},
        "no metadata": {name: without("metadata")},
        "of format 3": {name: of_format_3(right)},
        "lines for text": {name: changed(right, lines)},
        "outputs that are none": {name: changed(right, bad_outputs)},
        "no names of cells": {name: changed(right, no_ids)},
        "no checks": {name: changed(right, no_checks)},
        "much output": {name: with_outputs(right, 6 * 2**20)},
        "far too much output": {"w.zip": zipped({name: with_outputs(right, 31 * 2**20)})},
        "a zip of 1980": {"w.zip": zipped({name: right}, date=(1980, 1, 1, 0, 0, 0))},
        "a zip of 2107": {"w.zip": zipped({name: right}, date=(2107, 12, 31, 0, 0, 0))},
        "an LZMA zip": {"w.zip": zipped({name: right}, how=zipfile.ZIP_LZMA)},
        "a zip of old Windows": {"w.zip": zipped({f"my work\\{name}": right})},
        "a zip with odd names": {"w.zip": lying},
        "a zip that speaks of others": {
            "mallory.zip": zipped({"ada.ipynb": (nothing, (2107,) + (1,) * 5), name: right})
        },
        "a PDF beside it": {name: (right, EARLY), "print.pdf": (b"%PDF-1.4", LATE)},
        "a program beside it": {name: right, "helper.py": "x = 1", "data.csv": "a,b"},
    }


def hopeless(released):
    """Return {kind: (files, what the remark must say)}: nothing can be judged, and it is told."""
    name = "02_softmax.ipynb"
    conflict = '{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> x\n]}'
    broken = bytearray(zipped({name: notebook(released)}))
    broken[50:200] = b"\xff" * 150
    office = zipped({"word/document.xml": "<x/>", "[Content_Types].xml": "<x/>"})
    return {
        "a PDF": ({"work.pdf": b"%PDF-1.7"}, r"work\.pdf \(a PDF\)"),
        "a program": ({"02_softmax.py": "def softmax(): pass"}, r"\.py \(a Python program\)"),
        "a text": ({f"{name}.txt": "see my notebook"}, r"02_softmax\.ipynb\.txt \(a text\)"),
        "a document": ({"w.docx": office}, r"w\.docx \(a zip, or a document of an office"),
        "a page": ({"02_softmax.html": "<!DOCTYPE html><p>"}, r"html \(a web page\)"),
        "a RAR": ({"w.rar": b"Rar!\x1a\7\1\0"}, r"w\.rar \(an archive \(RAR\)"),
        "a picture": ({"screen.png": b"\x89PNG\r\n"}, r"screen\.png \(a picture\)"),
        "another lesson": (
            {"04_scaling.ipynb": solved("code/04_scaling")},
            r"04_scaling\.ipynb \(the notebook of code/04_scaling\)",
        ),
        "another track": (
            {name: solved("maths/02_softmax")},
            r"\(the notebook of maths/02_softmax\)",
        ),
        "nothing in it": ({name: ""}, "the file is empty"),
        "cut off": ({name: '{"cells": [{"cell_type": "co'}, "its JSON is broken"),
        "a conflict": ({name: conflict}, "merge conflict"),
        "no cells": ({name: '{"a": 1}'}, "no cells"),
        "a broken zip": ({"w.zip": bytes(broken)}, "can't be read out of the zip"),
        "a zip cut off": ({"w.zip": zipped({name: "{}"})[:60]}, r"w\.zip is no zip"),
        "an empty zip": ({"w.zip": zipped({})}, r"w\.zip is an empty zip"),
    }


def write(folder, files, when=EARLY):
    """Write {name: content, or (content, when it was changed)} into a folder."""
    for name, content in files.items():
        content, moment = content if isinstance(content, tuple) else (content, when)
        put(folder / name, content, moment)
