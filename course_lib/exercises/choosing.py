"""Questions with choices: each choice has a name in the code, and a letter in the variant."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

LETTERS = "abcd"


def shuffled(rng: np.random.Generator, names: Iterable[str]) -> list[str]:
    """Return the names of a question's choices in a fresh order: the first becomes letter a.

    A task keeps them in its inputs, under "order".
    """
    return [str(name) for name in rng.permutation(list(names))]


def letter_of(name: str, inputs: Mapping) -> str:
    """Return the letter under which a choice stands in this variant.

    Example:
        >>> letter_of("grows", {"order": ["stays", "grows"]})
        'b'
    """
    return LETTERS[inputs["order"].index(name)]


def choices(texts: Mapping[str, str], inputs: Mapping, *, answer_with: str = "a letter") -> str:
    """Return the choices as a Markdown list, each with its letter, and how to answer.

    Example:
        >>> print(choices({"grows": "more", "stays": "as much"}, {"order": ["stays", "grows"]}))
        - **a** as much
        - **b** more
        <BLANKLINE>
        Answer with a letter, such as `"x"`.
    """
    lines = [f"- **{letter_of(name, inputs)}** {texts[name]}" for name in inputs["order"]]
    return "\n".join(lines) + f'\n\nAnswer with {answer_with}, such as `"x"`.'


def pictured(draw: Callable[[str], str], inputs: Mapping) -> str:
    """Return the choices as pictures, each under its letter: draw(name) is Markdown or HTML."""
    return "\n\n".join(f"**{letter_of(name, inputs)}**\n\n{draw(name)}" for name in inputs["order"])


def chosen(name: str) -> Callable[[Mapping], str]:
    """Return an answer for any variant: the letter of this choice.

    Example:
        >>> chosen("grows")({"order": ["stays", "grows"]})
        'b'
    """
    return lambda inputs: letter_of(name, inputs)


def chosen_by(part: str, names: Mapping[str, str]) -> Callable[[Mapping], str]:
    """Return an answer for any variant: the letter of the choice that belongs to an input.

    Example:
        >>> answer = chosen_by("change", {"added": "stays", "doubled": "grows"})
        >>> answer({"change": "doubled", "order": ["stays", "grows"]})
        'b'
    """
    return lambda inputs: letter_of(names[inputs[part]], inputs)
