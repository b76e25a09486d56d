"""What is inside a model file: readers, of which none runs anything or computes an answer."""
