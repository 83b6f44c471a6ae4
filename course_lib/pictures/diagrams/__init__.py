"""Drawings of the machine and of the ideas behind it, laid out by code from the lessons' arrays."""
