package org.edgemnist.digits

/**
 * What a model takes and what it gives: the document inside the file, as Kotlin.
 *
 * - real value = low + pixel · (high − low) / 255
 * - stored value = round(real / scale) + zero point, for quantized inputs only
 * - real answer = (stored − zero point) · scale, for quantized outputs only
 * - probability = real answer, or its softmax where the kind is [Kind.LOGITS]
 *
 * @property picture what a picture becomes before its pixels are the input: see [preparePicture]
 */
class Contract(
    val input: Input,
    val output: Output,
    val labels: List<String>,
    val picture: Picture = Picture(),
) {
    init {
        require(input.shape.all { it > 0 }) { "shape ${input.shape}" }
        require(labels.size >= 2) { "${labels.size} classes" }
    }
}

/**
 * What the model takes.
 *
 * @property shape of one image, without the batch
 * @property low the real value that pixel 0 stands for
 * @property high the real value that pixel 255 stands for
 */
class Input(
    val name: String,
    val dtype: Dtype,
    val shape: List<Long>,
    val low: Double,
    val high: Double,
    val scale: Scale,
) {
    /** How many pixels an image has. */
    val pixelCount: Int get() = shape.fold(1L, Long::times).toInt()
}

/** What the model answers: one value a class. */
class Output(val name: String, val dtype: Dtype, val kind: Kind, val scale: Scale)

/**
 * How a picture of any size becomes an image.
 *
 * @property ink of the image, whichever the picture has
 */
data class Picture(val preparation: Preparation = Preparation.DIGIT, val ink: Ink = Ink.BRIGHT) {
    /** The same for a drawing, which is larger than an image: it is scaled where pictures are taken as they are. */
    val ofDrawing: Picture get() = if (preparation == Preparation.NONE) Picture(Preparation.FIT, ink) else this
}

/** In MNIST's own form, white ink on black, centred by its mass; scaled whole; or taken as it is. */
enum class Preparation {
    DIGIT,
    FIT,
    NONE,
    ;

    companion object {
        fun of(name: String): Preparation = valueOf(name.uppercase())
    }
}

/** Bright ink on dark paper, dark ink on bright paper, or the picture's own. */
enum class Ink {
    BRIGHT,
    DARK,
    ANY,
    ;

    companion object {
        fun of(name: String): Ink = valueOf(name.uppercase())
    }
}

/** How whole numbers stand for real ones: [step] in real units, 0 if they don't; [zeroPoint] stands for real 0. */
class Scale(val step: Double, val zeroPoint: Int) {
    val isQuantized: Boolean get() = step > 0
}

/** Of a tensor's stored values; [range] is that of whole numbers. */
enum class Dtype(val range: IntRange?) {
    FLOAT32(null),
    UINT8(0..255),
    INT8(-128..127),
    ;

    val sizeBytes: Int get() = if (this == FLOAT32) Float.SIZE_BYTES else 1

    companion object {
        /** Finds a dtype by the name that NumPy gives it, such as "float32". */
        fun of(name: String): Dtype = valueOf(name.uppercase())
    }
}

/** What an output's real values are. */
enum class Kind {
    PROBABILITIES,
    LOGITS,
    ;

    companion object {
        fun of(name: String): Kind = valueOf(name.uppercase())
    }
}
