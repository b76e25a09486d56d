"""The kinds of layers that C knows: a module a kind, and a kernel of the same name in kernels/."""

from __future__ import annotations

from edgemnist.exporters.c.graph import Layer
from edgemnist.exporters.c.layers.concatenation import Concatenation
from edgemnist.exporters.c.layers.conv import Conv
from edgemnist.exporters.c.layers.dense import Dense
from edgemnist.exporters.c.layers.depthwise import Depthwise
from edgemnist.exporters.c.layers.function import Elementwise
from edgemnist.exporters.c.layers.grouped import GroupedConv
from edgemnist.exporters.c.layers.move import PATHS, Move
from edgemnist.exporters.c.layers.packed import PACKED
from edgemnist.exporters.c.layers.pair import Add, Maximum, Minimum, Multiply, PRelu, Subtract
from edgemnist.exporters.c.layers.pool import AveragePool, MaxPool
from edgemnist.exporters.c.layers.reduce import Largest, Mean
from edgemnist.exporters.c.layers.rescaling import Rescaling
from edgemnist.exporters.c.layers.resize import ResizeBilinear, ResizeNearest
from edgemnist.exporters.c.layers.stream import Stream
from edgemnist.exporters.c.layers.transposed import TransposedConv

# What reads each TFLite operator, unless it is a step of a function.
LAYERS: dict[str, type[Layer]] = {
    "FULLY_CONNECTED": Dense,
    "CONV_2D": Conv,
    "DEPTHWISE_CONV_2D": Depthwise,
    "MAX_POOL_2D": MaxPool,
    "AVERAGE_POOL_2D": AveragePool,
    "MEAN": Mean,
    "QUANTIZE": Rescaling,
    "RELU": Rescaling,
    "RELU6": Rescaling,
    "RELU_N1_TO_1": Rescaling,
    "ADD": Add,
    "CONCATENATION": Concatenation,
    "PACK": Concatenation,
    "SUB": Subtract,
    "MUL": Multiply,
    "MAXIMUM": Maximum,
    "MINIMUM": Minimum,
    "PRELU": PRelu,
    "REDUCE_MAX": Largest,
    "RESIZE_NEAREST_NEIGHBOR": ResizeNearest,
    "RESIZE_BILINEAR": ResizeBilinear,
    "TRANSPOSE_CONV": TransposedConv,
    **dict.fromkeys(PATHS, Move),
}
# All kinds, in the order in which the kernels stand in generated C.
KINDS: tuple[type[Layer], ...] = (*dict.fromkeys(LAYERS.values()), GroupedConv, Elementwise, *PACKED.values(), Stream)
