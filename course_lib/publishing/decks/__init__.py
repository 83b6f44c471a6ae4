"""Slides and hand-outs, made from the lessons: a slide shows, the notes speak.

``said`` reads what a lesson's cells say of slides, ``questions`` turns a lesson into questions of
blocks, ``deck`` writes the page; ``static/deck.js`` fills the slides, in the browser.
"""
