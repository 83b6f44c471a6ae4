"""What each exercise asks: one file for each track and lesson, ``<track>_<NN>.py``."""
