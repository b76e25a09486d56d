package org.edgemnist.digits

/** What `small_int8.onnx` takes and gives. Written by edgemnist from the contract inside that file. */
val modelContract = Contract(
    input = Input(
        name = "pixels",
        dtype = Dtype.of("float32"),
        shape = listOf(784),
        low = 0.0,
        high = 1.0,
        scale = Scale(0.0, 0),
    ),
    output = Output(
        name = "probs",
        dtype = Dtype.of("float32"),
        kind = Kind.of("probabilities"),
        scale = Scale(0.0, 0),
    ),
    labels = listOf("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    picture = Picture(Preparation.of("digit"), Ink.of("bright")),
)
