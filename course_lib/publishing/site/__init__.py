"""The whole course as a site, made from registry, notebooks and library. Nothing is written twice.

``sources`` writes what Sphinx reads, ``building`` lets it build and finishes the pages.
"""
