package org.edgemnist.digits

import java.io.File
import java.io.Reader
import java.io.StringReader
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** The model of the app, in the classes of the app, on this machine. */
class GoldenVectorsTest {
    private val vectors = File(ASSETS, "golden.csv").reader().use(::read)

    @Test
    fun `each golden vector gets the expected answer`() {
        openClassifier().use { classifier ->
            val found = classifier.selfTest(vectors)
            assertEquals(SelfTest(@{golden_images}, matching = @{golden_images}, right = @{golden_right}), found)
            assertTrue(found.passed)
        }
    }

    @Test
    fun `another answer than the expected one is noticed`() {
        val vector = vectors.first()
        val probabilities = vector.probabilities.clone()
        fun matches() = vector.matches(Answer(probabilities, probabilities, 0, ""))
        assertTrue(matches())
        probabilities[1] += 2 * vector.tolerance + 0.001f
        assertFalse(matches())
        probabilities[1] = Float.NaN
        assertFalse(matches())
    }

    @Test
    fun `the answers are a line an image`() {
        openClassifier().use { classifier ->
            val (head, first) = classifier.writeAnswers(vectors, "kit=android")
            assertEquals("answers: kit=android", head)
            val words = first.split(" ")
            assertEquals(listOf("answers:", "${vectors.first().index}"), words.take(2))
            val expected = classifier.classify(vectors.first().pixels).probabilities
            assertEquals(expected.toList(), words.drop(2).map(String::toFloat))
        }
    }

    @Test
    fun `the labels are those of the vectors`() {
        assertTrue(vectors.all { it.probabilities.size == modelContract.labels.size })
        assertTrue(vectors.all { it.label in modelContract.labels.indices })
    }

    @Test
    fun `a cut row is refused`() {
        val row = "index,label,tolerance,p0,p1,pixels\n3,0,0.1,0.5,0.5,00ff\n"
        assertThrows(IllegalArgumentException::class.java) { read(StringReader(row)) }
    }

    private fun read(reader: Reader) = readGoldenVectors(reader, modelContract.input.pixelCount)

    companion object {
        /** Gradle runs unit tests in the module's folder. */
        private const val ASSETS = "src/main/assets"

        fun openClassifier() = Classifier(File(ASSETS, "@{model_name}").readBytes(), modelContract)
    }
}
