package org.edgemnist.digits

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** The app without its screen: what touches do to the drawing and to the answer. */
class DigitModelTest {
    private val seen = mutableListOf<ByteArray>()
    private val states = mutableListOf<DigitState>()
    private val model = DigitModel { pixels ->
        seen += pixels
        Answer(floatArrayOf(0.25f, 0.75f), floatArrayOf(0.25f, 0.75f), 1, "one")
    }.apply { onChange = { states += it } }

    @Test
    fun `a new listener gets the present state, which is empty`() {
        assertEquals(1, states.size)
        assertTrue(states.last().isEmpty)
        assertNull(states.last().answer)
        assertTrue(seen.isEmpty())
    }

    @Test
    fun `each touch is answered`() {
        drawLine(0.5f)
        assertEquals(listOf(0, 1, 1), states.map { it.strokes.size })
        assertEquals("one", states.last().label)
        assertEquals(0.75f, states.last().probabilities!![1])
        assertEquals(2, seen.size)
        assertTrue(seen.all { it.size == modelContract.input.pixelCount && it.any { pixel -> pixel != 0.toByte() } })
    }

    @Test
    fun `a drawing is what the model takes`() {
        for (preparation in listOf(Preparation.FIT, Preparation.NONE)) {
            val (bright, dark) = listOf(Ink.BRIGHT, Ink.DARK).map { drawDot(Picture(preparation, it)) }
            assertEquals(0, bright.first().toInt())
            assertArrayEquals(dark, ByteArray(bright.size) { (255 - bright[it]).toByte() })
            assertFalse(isBlank(bright))
        }
    }

    private fun drawDot(picture: Picture): ByteArray {
        val model = DigitModel(picture) { pixels ->
            seen += pixels
            Answer(FloatArray(2), FloatArray(2), 0, "zero")
        }
        model.beginStroke(Point(0.5f, 0.5f))
        return seen.last()
    }

    @Test
    fun `undo takes back one stroke, and the raster with it`() {
        drawLine(0.4f)
        val one = seen.last()
        drawLine(0.6f)
        assertFalse(one.contentEquals(seen.last()))
        model.undo()
        assertArrayEquals(one, seen.last())
        assertEquals(1, model.state.strokes.size)
        model.undo()
        assertTrue(model.state.isEmpty)
        assertNull(model.state.answer)
    }

    @Test
    fun `undo and the pen's moves do nothing without a stroke`() {
        model.undo()
        model.extendStroke(listOf(Point(0.5f, 0.5f)))
        assertEquals(1, states.size)
    }

    @Test
    fun `clear empties the drawing`() {
        drawLine(0.5f)
        model.clear()
        assertTrue(model.state.isEmpty)
        drawLine(0.5f)
        assertNotNull(model.state.answer)
    }

    @Test
    fun `a state stays as it was`() {
        model.beginStroke(Point(0.5f, 0.2f))
        val before = model.state
        model.extendStroke(listOf(Point(0.5f, 0.3f)))
        assertEquals(1, before.strokes.single().size)
    }

    @Test
    fun `the pen is round, as wide as it says, and stays inside`() {
        val raster = Raster()
        raster.drawLine(Point(0.5f, 0.5f), Point(0.5f, 0.5f))
        assertEquals(PEN * Raster.SIZE, countDark(raster, row = Raster.SIZE / 2).toFloat(), 2f)
        assertEquals(0, countDark(raster, row = 0))
        raster.drawLine(Point(-3f, -3f), Point(-2f, -2f))
        assertEquals(0, countDark(raster, row = 0))
        raster.drawLine(Point(0f, 0f), Point(2f, 0f))
        assertEquals(Raster.SIZE, countDark(raster, row = 0))
    }

    @Test
    fun `a real drawing gets a real answer`() {
        GoldenVectorsTest.openClassifier().use { classifier ->
            val real = DigitModel(modelContract.picture, classifier::classify)
            real.beginStroke(Point(0.5f, 0.2f))
            real.extendStroke(List(7) { Point(0.5f, 0.3f + 0.1f * it) })
            assertEquals(modelContract.labels.size, real.state.probabilities!!.size)
            assertEquals(1f, real.state.probabilities!!.sum(), 0.05f)
            assertTrue(real.state.label in modelContract.labels)
        }
    }

    private fun drawLine(x: Float) {
        model.beginStroke(Point(x, 0.2f))
        model.extendStroke(listOf(Point(x, 0.5f), Point(x + 0.1f, 0.8f)))
    }

    private fun countDark(raster: Raster, row: Int): Int =
        (0 until Raster.SIZE).count { raster.rgba[4 * (row * Raster.SIZE + it)].toInt() and 0xFF < 128 }
}
