"""What happens in a learner's folder, ``my_work``: its notebooks are made, checked and reset.

Nothing here needs NumPy, so that a command starts at once.
"""
