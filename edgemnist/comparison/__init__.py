"""A model compared with its source: its weights, and its answers to images that no test set holds."""
