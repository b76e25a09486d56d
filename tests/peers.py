"""Networks of the layers that peers' own test suites have: one or a few kinds each, small, untrained, seeded.

The peers: emlearn, keras2c, onnx2c, NNoM, TinyMaix, BitNetMCU, MLPerf Tiny, TFLite Micro, ai-edge-quantizer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

Values = Any  # a tensor of Keras
Build = Callable[[Values], Values]
GROUPS = (
    "activations", "convolutions", "poolings", "merges", "shapes", "scales", "rows", "blocks", "networks", "recurrent"
)  # fmt: skip
# By group and name: what becomes of 784 pixels before they are flattened and ten classes are made of them.
NETS: dict[str, dict[str, Build]] = {group: {} for group in GROUPS}


def build(net: Build, seed: int = 0) -> keras.Model:
    """Return a classifier of 784 pixels whose weights, biases and statistics are all random."""
    keras.utils.set_random_seed(seed)
    pixels = keras.Input((784,))
    values = net(pixels)
    if len(values.shape) > 2:
        values = layers.Flatten()(values)
    model = keras.Model(pixels, layers.Dense(10, "softmax")(values))
    random = np.random.default_rng(seed)
    for weight in model.weights:
        if len(weight.shape) < 2 or weight.name == "alpha":
            noise = random.uniform(0.1, 0.4, weight.shape)
            weight.assign(np.asarray(weight) + noise.astype("float32"))
    return model


def chain(*steps: Any) -> Build:
    """One layer after the other over the pixels."""

    def connect(values: Values) -> Values:
        for step in steps:
            values = step()(values) if isinstance(step, type) else step(values)
        return values

    return connect


def image(*steps: Any) -> Build:
    """Layers over an image of 28 x 28 x 1."""
    return lambda pixels: chain(*steps)(layers.Reshape((28, 28, 1))(pixels))


def filtered(*steps: Any, channels: int = 4) -> Build:
    """Layers over what a convolution makes of the image: 14 x 14 with some channels, of both signs."""
    return image(lambda values: layers.Conv2D(channels, 3, strides=2, padding="same")(values), *steps)


def hidden(*steps: Any) -> Build:
    """Layers over 24 values that a dense layer makes of the pixels, of both signs."""
    return chain(lambda values: layers.Dense(24)(values), *steps)


def rows(*steps: Any) -> Build:
    """Layers over the image as a sequence: 28 rows of 28 values."""
    return lambda pixels: chain(*steps)(layers.Reshape((28, 28))(pixels))


def merged(*merge: Any) -> Build:
    """Two branches of 14 x 14 x 4 that are merged."""

    def connect(values: Values) -> Values:
        one = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(values)
        other = layers.Conv2D(4, 5, strides=2, padding="same")(values)
        return chain(*merge)([one, other])

    return image(connect)


def keep(build_layer: Callable[[], Any]) -> Build:
    """A layer that is made anew with each network."""
    return lambda values: build_layer()(values)


def dense(size: int, activation: str | None = None) -> Build:
    return keep(lambda: layers.Dense(size, activation))


def activate(name: str) -> Build:
    return keep(lambda: layers.Activation(name))


# --------------------------------------------------------------- activations

for name in (
    "relu", "relu6", "tanh", "sigmoid", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign",
    "hard_sigmoid", "hard_silu", "exponential", "mish", "linear",
):  # fmt: skip
    NETS["activations"][f"dense {name}"] = hidden(activate(name))
for name in ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "selu", "silu", "hard_sigmoid", "hard_silu"):
    NETS["activations"][f"conv {name}"] = filtered(activate(name))
NETS["activations"] |= {
    "dense prelu": hidden(keep(layers.PReLU)),
    "conv prelu": filtered(keep(lambda: layers.PReLU(shared_axes=[1, 2]))),
    "relu up to 3": hidden(keep(lambda: layers.ReLU(max_value=3.0))),
    "relu with a slope and a limit": hidden(keep(lambda: layers.ReLU(max_value=6.0, negative_slope=0.1))),
    "relu -1 to 1": hidden(lambda values: keras.ops.clip(values, -1.0, 1.0)),
    "gelu by tanh": hidden(lambda values: keras.activations.gelu(values, approximate=True)),
    "softmax inside": hidden(activate("softmax")),
}

# -------------------------------------------------------------- convolutions


def conv(*arguments: Any, **options: Any) -> Build:
    return keep(lambda: layers.Conv2D(*arguments, **options))


def depthwise(*arguments: Any, **options: Any) -> Build:
    return keep(lambda: layers.DepthwiseConv2D(*arguments, **options))


def transposed(*arguments: Any, **options: Any) -> Build:
    return keep(lambda: layers.Conv2DTranspose(*arguments, **options))


NETS["convolutions"] = {
    "valid": filtered(conv(6, 3)),
    "same": filtered(conv(6, 3, padding="same")),
    "strides": filtered(conv(6, 3, strides=2, padding="same")),
    "strides of two sizes": filtered(conv(6, 3, strides=(1, 2), padding="valid")),
    "of 1 x 1": filtered(conv(6, 1)),
    "of 1 x 5": filtered(conv(6, (1, 5), padding="same")),
    "of 7 x 7": filtered(conv(3, 7, padding="same")),
    "without bias": filtered(conv(6, 3, use_bias=False)),
    "dilated": filtered(conv(6, 3, dilation_rate=2)),
    "dilated same": filtered(conv(6, 3, dilation_rate=(2, 3), padding="same")),
    "in groups": filtered(conv(6, 3, groups=2)),
    "depthwise": filtered(depthwise(3)),
    "depthwise same": filtered(depthwise(5, padding="same")),
    "depthwise strides": filtered(depthwise(3, strides=2, padding="same")),
    "depthwise times 2": filtered(depthwise(3, depth_multiplier=2)),
    "depthwise dilated": filtered(depthwise(3, dilation_rate=2, padding="same")),
    "separable": filtered(keep(lambda: layers.SeparableConv2D(6, 3, padding="same"))),
    "transposed": filtered(transposed(3, 3)),
    "transposed same": filtered(transposed(3, 3, padding="same", activation="relu")),
    "transposed strides": filtered(transposed(3, 3, strides=2, padding="same")),
    "transposed strides valid": filtered(transposed(3, 2, strides=2)),
    "over a sequence": rows(keep(lambda: layers.Conv1D(6, 3, activation="relu"))),
    "causal": rows(keep(lambda: layers.Conv1D(6, 3, padding="causal"))),
    "causal dilated": rows(keep(lambda: layers.Conv1D(6, 3, padding="causal", dilation_rate=2))),
    "separable over a sequence": rows(keep(lambda: layers.SeparableConv1D(6, 3))),
    "transposed over a sequence": rows(keep(lambda: layers.Conv1DTranspose(6, 3, strides=2))),
}

# ------------------------------------------------------------------ poolings

NETS["poolings"] = {
    "max": filtered(keep(lambda: layers.MaxPooling2D(2))),
    "max same": filtered(keep(lambda: layers.MaxPooling2D(3, 2, padding="same"))),
    "average": filtered(keep(lambda: layers.AveragePooling2D(2))),
    "average same": filtered(keep(lambda: layers.AveragePooling2D(3, 2, padding="same"))),
    "max over a sequence": rows(keep(lambda: layers.MaxPooling1D(2))),
    "average over a sequence": rows(keep(lambda: layers.AveragePooling1D(3))),
    "global average": filtered(keep(layers.GlobalAveragePooling2D), channels=12),
    "global max": filtered(keep(layers.GlobalMaxPooling2D), channels=12),
    "global average over a sequence": rows(keep(layers.GlobalAveragePooling1D)),
    "global max over a sequence": rows(keep(layers.GlobalMaxPooling1D)),
    "global average kept": filtered(keep(lambda: layers.GlobalAveragePooling2D(keepdims=True)), channels=12),
    "mean over rows": filtered(lambda values: keras.ops.mean(values, axis=1)),
    "mean over channels": filtered(lambda values: keras.ops.mean(values, axis=3)),
}

# -------------------------------------------------------------------- merges

NETS["merges"] = {
    "add": merged(keep(layers.Add)),
    "subtract": merged(keep(layers.Subtract)),
    "multiply": merged(keep(layers.Multiply)),
    "average": merged(keep(layers.Average)),
    "maximum": merged(keep(layers.Maximum)),
    "minimum": merged(keep(layers.Minimum)),
    "concatenate channels": merged(keep(layers.Concatenate)),
    "concatenate rows": merged(keep(lambda: layers.Concatenate(axis=1))),
    "concatenate columns": merged(keep(lambda: layers.Concatenate(axis=2))),
    "add and relu": merged(keep(layers.Add), activate("relu")),
    "add a row": merged(lambda both: both[0] + keras.ops.mean(both[1], axis=1, keepdims=True)),
    "dot": lambda pixels: layers.Dot(axes=1)([layers.Dense(8)(pixels), layers.Dense(8)(pixels)]),
}

# -------------------------------------------------------------------- shapes

NETS["shapes"] = {
    "zero padding": filtered(keep(lambda: layers.ZeroPadding2D(1)), conv(3, 3)),
    "zero padding of four sizes": filtered(keep(lambda: layers.ZeroPadding2D(((0, 2), (1, 3)))), conv(3, 3, strides=2)),
    "zero padding of a sequence": rows(keep(lambda: layers.ZeroPadding1D(2)), keep(lambda: layers.Conv1D(4, 3))),
    "cropping": filtered(keep(lambda: layers.Cropping2D(((1, 2), (3, 0))))),
    "cropping of a sequence": rows(keep(lambda: layers.Cropping1D((3, 4)))),
    "slice in steps": filtered(lambda values: values[:, 1::2, ::3]),
    "permute": filtered(keep(lambda: layers.Permute((3, 1, 2)))),
    "permute a sequence": rows(keep(lambda: layers.Permute((2, 1))), keep(lambda: layers.Conv1D(4, 3))),
    "reshape": hidden(keep(lambda: layers.Reshape((2, 3, 4))), conv(3, 2)),
    "repeat": hidden(keep(lambda: layers.RepeatVector(3))),
    "upsampling nearest": filtered(keep(lambda: layers.UpSampling2D(2))),
    "upsampling bilinear": filtered(keep(lambda: layers.UpSampling2D(2, interpolation="bilinear"))),
    "upsampling of a sequence": rows(keep(lambda: layers.UpSampling1D(2))),
    "resizing": filtered(keep(lambda: layers.Resizing(9, 11, interpolation="bilinear"))),
}

# -------------------------------------------------------------------- scales


def normalize() -> Build:
    return keep(layers.BatchNormalization)


NETS["scales"] = {
    "batch norm after a convolution": filtered(normalize(), activate("relu")),
    "batch norm after a depthwise": filtered(depthwise(3), normalize(), activate("relu6")),
    "batch norm after a dense layer": hidden(normalize(), activate("relu")),
    "batch norm after a relu": filtered(activate("relu"), normalize()),
    "batch norm after a dense relu": hidden(activate("relu"), normalize()),
    "batch norm after a pooling": filtered(activate("relu"), keep(lambda: layers.MaxPooling2D(2)), normalize()),
    "batch norm on the image": image(normalize(), conv(4, 3, strides=2)),
    "batch norm on the pixels": chain(normalize(), keep(lambda: layers.Dense(16, "relu"))),
    "layer norm": hidden(keep(layers.LayerNormalization)),
    "rescaling": image(keep(lambda: layers.Rescaling(1 / 255)), conv(4, 3, strides=2)),
    "rescaling to -1 and 1": image(keep(lambda: layers.Rescaling(2.0, offset=-1.0)), conv(4, 3, strides=2)),
    "normalization": image(keep(lambda: layers.Normalization(mean=0.13, variance=0.09)), conv(4, 3, strides=2)),
    "dropout and noise": hidden(
        keep(lambda: layers.Dropout(0.5)), keep(lambda: layers.GaussianNoise(0.1)), activate("relu")
    ),
}

# ---------------------------------------------------------------------- rows

NETS["rows"] = {
    "dense per row": rows(keep(lambda: layers.Dense(6, "relu"))),
    "time distributed": rows(keep(lambda: layers.TimeDistributed(layers.Dense(6)))),
    "dense per pixel": filtered(keep(lambda: layers.Dense(6, "relu"))),
}

# -------------------------------------------------------------------- blocks


def residual(values: Values) -> Values:
    branch = chain(conv(4, 3, padding="same"), normalize(), activate("relu"), conv(4, 3, padding="same"), normalize())
    return layers.ReLU()(layers.Add()([values, branch(values)]))


def inception(values: Values) -> Values:
    pooled = chain(keep(lambda: layers.MaxPooling2D(3, 1, padding="same")), conv(2, 1, activation="relu"))
    wide = chain(conv(2, 1, activation="relu"), conv(3, 5, padding="same", activation="relu"))
    return layers.Concatenate()([conv(3, 1, activation="relu")(values), wide(values), pooled(values)])


def dense_block(values: Values) -> Values:
    for _ in range(2):
        grown = chain(normalize(), activate("relu"), conv(3, 3, padding="same"))
        values = layers.Concatenate()([values, grown(values)])
    return chain(normalize(), activate("relu"), keep(lambda: layers.AveragePooling2D(2)))(values)


def mobile_1(values: Values) -> Values:
    return chain(depthwise(3, padding="same", use_bias=False), normalize(), activate("relu6"),
                 conv(6, 1, use_bias=False), normalize(), activate("relu6"))(values)  # fmt: skip


def mobile_2(values: Values) -> Values:
    wide = chain(conv(12, 1, use_bias=False), normalize(), activate("relu6"), depthwise(3, padding="same"), normalize(),
                 activate("relu6"), conv(4, 1, use_bias=False), normalize())  # fmt: skip
    return layers.Add()([values, wide(values)])


def squeeze_and_excite(activation: str = "sigmoid") -> Build:
    def connect(values: Values) -> Values:
        channels = values.shape[-1]
        gates = chain(keep(lambda: layers.GlobalAveragePooling2D(keepdims=True)),
                      conv(2, 1, activation="relu"), conv(channels, 1), activate(activation))(values)  # fmt: skip
        return layers.Multiply()([values, gates])

    return connect


def mobile_3(values: Values) -> Values:
    wide = chain(conv(8, 1), normalize(), activate("hard_silu"), depthwise(3, padding="same"), normalize(),
                 activate("hard_silu"), squeeze_and_excite("hard_sigmoid"), conv(4, 1), normalize())  # fmt: skip
    return layers.Add()([values, wide(values)])


def shuffle(values: Values) -> Values:
    values = layers.Permute((1, 2, 4, 3))(layers.Reshape((14, 14, 2, 2))(values))
    return depthwise(3)(layers.Reshape((14, 14, 4))(values))


def encode_and_decode(values: Values) -> Values:
    small = chain(keep(lambda: layers.MaxPooling2D(2)), conv(6, 3, padding="same", activation="relu"))(values)
    large = transposed(4, 2, strides=2, padding="same")(small)
    return conv(3, 3, activation="relu")(layers.Concatenate()([values, large]))


NETS["blocks"] = {
    "residual": filtered(activate("relu"), residual),
    "inception": filtered(activate("relu"), inception),
    "dense block": filtered(dense_block),
    "mobilenet": filtered(mobile_1),
    "mobilenet v2": filtered(mobile_2),
    "mobilenet v3": filtered(mobile_3),
    "squeeze and excite": filtered(squeeze_and_excite()),
    "channel shuffle": filtered(shuffle),
    "u-net": filtered(encode_and_decode),
}

# ------------------------------------------------------------------ networks


def lenet(activation: str, pool: Any) -> Build:
    return image(conv(6, 5, padding="same", activation=activation), keep(lambda: pool(2)),
                 conv(16, 5, activation=activation), keep(lambda: pool(2)), keep(layers.Flatten),
                 keep(lambda: layers.Dense(32, activation)), keep(lambda: layers.Dense(24, activation)))  # fmt: skip


def resnet_8(values: Values) -> Values:
    values = conv(4, 3, padding="same", activation="relu")(values)
    for channels, stride in ((4, 1), (8, 2), (12, 2)):
        branch = chain(conv(channels, 3, strides=stride, padding="same"), normalize(), activate("relu"),
                       conv(channels, 3, padding="same"), normalize())(values)  # fmt: skip
        skip = values if stride == 1 else conv(channels, 1, strides=stride, padding="same")(values)
        values = layers.ReLU()(layers.Add()([skip, branch]))
    return keep(lambda: layers.AveragePooling2D(7))(values)


NETS["networks"] = {
    "perceptron": chain(keep(lambda: layers.Dense(32, "relu")), keep(lambda: layers.Dense(16, "relu"))),
    "perceptron of sigmoids": chain(keep(lambda: layers.Dense(32, "sigmoid")), keep(lambda: layers.Dense(16, "tanh"))),
    "lenet": lenet("relu", layers.MaxPooling2D),
    "lenet of tanh": lenet("tanh", layers.AveragePooling2D),
    "resnet-8": image(resnet_8),
    "keyword spotting": image(
        conv(4, (10, 4), strides=2, padding="same", activation="relu"), mobile_1, mobile_1,
        keep(layers.GlobalAveragePooling2D),
    ),
    "autoencoder": chain(
        *(step for size in (32, 8, 32) for step in (dense(size), normalize(), activate("relu")))
    ),
}  # fmt: skip

# ----------------------------------------------------------------- recurrent


def attend(values: Values) -> Values:
    return layers.MultiHeadAttention(2, 4)(values, values)


NETS["recurrent"] = {
    "lstm": rows(keep(lambda: layers.LSTM(8))),
    "gru": rows(keep(lambda: layers.GRU(8))),
    "simple": rows(keep(lambda: layers.SimpleRNN(8))),
    "bidirectional": rows(keep(lambda: layers.Bidirectional(layers.LSTM(4)))),
    "attention": rows(attend),
}

ALL: dict[str, Build] = {f"{group}: {name}": net for group, nets in NETS.items() for name, net in nets.items()}
