"""What is right and what is wrong, kept apart from what is asked: ``<track>_<NN>.py``."""
