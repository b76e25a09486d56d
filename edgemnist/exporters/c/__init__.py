"""C99 for microcontrollers: the TFLite file of a model, read as a graph and written as one `.c` and one `.h`."""
