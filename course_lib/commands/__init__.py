"""The commands, for learners, teachers and authors. What one needs is imported when it runs."""
