"""Made from the notebooks and the registry, never written by hand."""
