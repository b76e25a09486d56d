package org.edgemnist.digits

import java.io.Reader
import kotlin.math.abs

/**
 * One row of `golden.csv`: a test image and what the model must answer.
 *
 * @property index the image's place in the test set
 * @property label the class that the image is of
 * @property tolerance how far a probability may be off
 * @property probabilities the expected ones, one a class
 * @property pixels of the image, row by row
 */
class GoldenVector(
    val index: Int,
    val label: Int,
    val tolerance: Float,
    val probabilities: FloatArray,
    val pixels: ByteArray,
) {
    /** True if an answer is the expected one, but for rounding. NaN never is. */
    fun matches(answer: Answer): Boolean =
        answer.probabilities.size == probabilities.size &&
            probabilities.indices.all { abs(answer.probabilities[it] - probabilities[it]) <= tolerance }
}

/** How a self-test went: [matching] of [images] images gave the expected probabilities, [right] the right class. */
data class SelfTest(val images: Int, val matching: Int, val right: Int) {
    val passed: Boolean get() = images > 0 && matching == images
}

/**
 * Reads `golden.csv`: a header `index,label,tolerance,p0,…,pixels`, then a row an image.
 *
 * @param pixelCount how many pixels an image has
 * @throws IllegalArgumentException if a row isn't one
 */
fun readGoldenVectors(reader: Reader, pixelCount: Int): List<GoldenVector> =
    reader.readLines().drop(1).filter(String::isNotBlank).map { parseRow(it, pixelCount) }

private fun parseRow(row: String, pixelCount: Int): GoldenVector {
    val fields = row.split(",")
    require(fields.size > 4) { "${fields.size} fields in a golden vector" }
    val pixels = parseHex(fields.last())
    require(pixels.size == pixelCount) { "${pixels.size} pixels in a golden vector, expected $pixelCount" }
    val probabilities = fields.subList(3, fields.size - 1).map(String::toFloat)
    val (index, label) = fields.take(2).map(String::toInt)
    return GoldenVector(index, label, fields[2].toFloat(), probabilities.toFloatArray(), pixels)
}

private fun parseHex(digits: String): ByteArray =
    digits.chunked(2) { it.toString().toInt(radix = 16).toByte() }.toByteArray()

/** Classifies the golden vectors and holds the answers against the expected ones. */
fun Classifier.selfTest(vectors: List<GoldenVector>): SelfTest {
    val answers = vectors.map { it to classify(it.pixels) }
    return SelfTest(
        images = vectors.size,
        matching = answers.count { (vector, answer) -> vector.matches(answer) },
        right = answers.count { (vector, answer) -> answer.best == vector.label },
    )
}

/**
 * Writes what the model answers to the golden vectors, a line each: `edgemnist diff` compares them with its answers on
 * another machine.
 *
 * @param head whose answers they are
 */
fun Classifier.writeAnswers(vectors: List<GoldenVector>, head: String): List<String> =
    listOf("answers: $head") +
        vectors.map { "answers: ${it.index} ${classify(it.pixels).probabilities.joinToString(" ")}" }
