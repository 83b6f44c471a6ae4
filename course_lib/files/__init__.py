"""Files that people keep: notebooks and tables, read kindly and written whole.

Nothing here needs NumPy or nbformat, so that a command starts at once.
"""
