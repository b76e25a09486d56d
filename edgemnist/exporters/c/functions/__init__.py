"""Operators that compute value by value, taken together: one function of one value, whatever it is made of.

Keras writes an activation function as several operators: SELU as six, swish as two. In whole numbers such a function
is a table of 256 bytes, of floats it is a function in C: `steps` reads the operators, `integers` and `gemmlowp` make
the table bit for bit as LiteRT or TFLite Micro compute it, `floats` writes the C.
"""
