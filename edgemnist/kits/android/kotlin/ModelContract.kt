package org.edgemnist.digits

/** What `@{model_name}` takes and gives. Written by edgemnist from the contract inside that file. */
val modelContract = Contract(
    input = Input(
        name = @{input_name},
        dtype = Dtype.of("@{input_dtype}"),
        shape = listOf(@{input_shape}),
        low = @{input_low},
        high = @{input_high},
        scale = Scale(@{input_scale}, @{input_zero_point}),
    ),
    output = Output(
        name = @{output_name},
        dtype = Dtype.of("@{output_dtype}"),
        kind = Kind.of("@{output_kind}"),
        scale = Scale(@{output_scale}, @{output_zero_point}),
    ),
    labels = listOf(@{labels}),
    picture = Picture(Preparation.of("@{preparation}"), Ink.of("@{ink}")),
)
