"""What happens in a learner's folder, ``my_work``: its notebooks are made, checked and reset.

Only a check needs NumPy; the other commands start at once.
"""
