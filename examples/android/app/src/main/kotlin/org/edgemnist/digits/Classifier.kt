package org.edgemnist.digits

import ai.onnxruntime.OnnxJavaType
import ai.onnxruntime.OnnxTensor
import ai.onnxruntime.OrtEnvironment
import ai.onnxruntime.OrtSession
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.exp
import kotlin.math.round

/**
 * Classifies images with an ONNX model, one at a time, on one thread.
 *
 * @param model the content of the `.onnx` file
 * @param contract what it takes and gives
 * @throws ai.onnxruntime.OrtException if ONNX Runtime can't read the model
 */
class Classifier(model: ByteArray, private val contract: Contract) : AutoCloseable {
    private val environment = OrtEnvironment.getEnvironment()
    private val session = OrtSession.SessionOptions().use { options ->
        options.setIntraOpNumThreads(1)
        options.setInterOpNumThreads(1)
        environment.createSession(model, options)
    }
    private val encoder = Encoder(contract.input)
    private val pixelCount = contract.input.pixelCount

    // Native memory that the runtime reads in place: what is put into it is the next input.
    private val values =
        ByteBuffer.allocateDirect(pixelCount * contract.input.dtype.sizeBytes).order(ByteOrder.nativeOrder())
    private val input = OnnxTensor.createTensor(
        environment,
        values,
        longArrayOf(1, *contract.input.shape.toLongArray()),
        contract.input.dtype.javaType,
    )

    /**
     * Classifies one image.
     *
     * @param pixels as many bytes as an image has pixels, row by row, 0 (black) to 255 (white), as [preparePicture]
     *   gives them
     * @throws ai.onnxruntime.OrtException if ONNX Runtime stops inside the model
     */
    @Synchronized // all calls share one input tensor
    fun classify(pixels: ByteArray): Answer {
        require(pixels.size == pixelCount) { "${pixels.size} pixels, expected $pixelCount" }
        encoder.encode(pixels, values)
        val scores = session.run(mapOf(contract.input.name to input), setOf(contract.output.name)).use {
            readScores(it[0] as OnnxTensor)
        }
        check(scores.size == contract.labels.size) { "${scores.size} scores, expected ${contract.labels.size}" }
        val probabilities = decode(scores, contract.output)
        val best = probabilities.indices.maxBy { probabilities[it] }
        return Answer(scores, probabilities, best, contract.labels[best])
    }

    override fun close() {
        input.close()
        session.close()
    }

    private fun readScores(tensor: OnnxTensor): FloatArray = when (contract.output.dtype) {
        Dtype.FLOAT32 -> tensor.floatBuffer.run { FloatArray(remaining()) { get(it) } }
        Dtype.UINT8 -> tensor.byteBuffer.run { FloatArray(remaining()) { get(it).toUByte().toFloat() } }
        Dtype.INT8 -> tensor.byteBuffer.run { FloatArray(remaining()) { get(it).toFloat() } }
    }
}

/**
 * What the model says to one image.
 *
 * @property scores what it answered, one stored value a class
 * @property probabilities what they mean, one a class, 0 to 1
 * @property best the class with the largest probability
 * @property label the name of that class
 */
class Answer(val scores: FloatArray, val probabilities: FloatArray, val best: Int, val label: String)

/** Turns pixels into input values: a table of the value of each of the 256 bytes, since there are no others. */
class Encoder(private val input: Input) {
    private val table = DoubleArray(256, ::findValue)

    /** Writes the values of an image's pixels to a buffer, from its first byte on. */
    fun encode(pixels: ByteArray, values: ByteBuffer) {
        pixels.forEachIndexed { index, pixel ->
            val value = table[pixel.toInt() and 0xFF]
            when (input.dtype) {
                Dtype.FLOAT32 -> values.putFloat(index * Float.SIZE_BYTES, value.toFloat())
                Dtype.UINT8, Dtype.INT8 -> values.put(index, value.toInt().toByte())
            }
        }
    }

    /** In double, so that pixel · 255 / 255 is the pixel; halves are rounded to the even number, as NumPy does. */
    private fun findValue(pixel: Int): Double {
        val real = input.low + pixel * (input.high - input.low) / 255
        val stored = if (input.scale.isQuantized) round(real / input.scale.step) + input.scale.zeroPoint else real
        val range = input.dtype.range ?: return stored
        return round(stored).coerceIn(range.first.toDouble(), range.last.toDouble())
    }
}

/** Turns the stored values of one answer into probabilities, in float arithmetic. */
fun decode(scores: FloatArray, output: Output): FloatArray {
    val (step, zeroPoint) = output.scale.step.toFloat() to output.scale.zeroPoint.toFloat()
    val real = FloatArray(scores.size) { if (output.scale.isQuantized) (scores[it] - zeroPoint) * step else scores[it] }
    return if (output.kind == Kind.LOGITS) softmax(real) else real
}

/** The largest logit is taken from all of them first: its power is 1, and none is too large for a float. */
private fun softmax(logits: FloatArray): FloatArray {
    val largest = logits.max()
    val powers = FloatArray(logits.size) { exp(logits[it] - largest) }
    val sum = powers.sum()
    return FloatArray(powers.size) { powers[it] / sum }
}

private val Dtype.javaType: OnnxJavaType
    get() = when (this) {
        Dtype.FLOAT32 -> OnnxJavaType.FLOAT
        Dtype.UINT8 -> OnnxJavaType.UINT8
        Dtype.INT8 -> OnnxJavaType.INT8
    }
