"""Draw the README's picture: ``python docs/make_picture.py``."""

import io
from pathlib import Path

from PIL import Image

from course_lib.examples import keys, query, query_word, words
from course_lib.pictures.figures import draw_shares, draw_vectors
from course_lib.softmax import softmax

PICTURE = Path(__file__).with_name("river_bank_lends_money.png")


def pixels(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110, facecolor="white")
    return Image.open(buffer).convert("RGB")


def beside(left, right):
    height = max(left.height, right.height)
    both = Image.new("RGB", (left.width + right.width, height), "white")
    both.paste(left, (0, (height - left.height) // 2))
    both.paste(right, (left.width, (height - right.height) // 2))
    return both


if __name__ == "__main__":
    arrows = draw_vectors(keys, words, query=query, query_label=f"{query_word} asks")
    shares = draw_shares(softmax(keys @ query), words, title=f"Where does {query_word} look?")
    beside(pixels(arrows), pixels(shares)).save(PICTURE, optimize=True)
