package org.edgemnist.digits

import kotlin.math.ceil
import kotlin.math.floor
import kotlin.math.sqrt

/** A place in a drawing: 0 to 1 from its left to its right, and from its top to its bottom. */
data class Point(val x: Float, val y: Float)

/** The width of the pen, where the drawing's side is 1: about that of a MNIST digit's strokes. */
const val PEN = 0.08f

/**
 * What there is to show.
 *
 * @property strokes each the places that the pen went through
 * @property answer to the drawing; null while it is empty
 */
class DigitState(val strokes: List<List<Point>>, val answer: Answer?) {
    val isEmpty: Boolean get() = strokes.isEmpty()
    val probabilities: FloatArray? get() = answer?.probabilities
    val label: String? get() = answer?.label
}

/**
 * A drawing and the model's answer to it, anew after each touch: the app without its screen.
 *
 * @param picture what the model takes, as its contract says
 * @param classify answers to the pixels of an image, as [Classifier.classify] does
 */
class DigitModel(private val picture: Picture = Picture(), private val classify: (ByteArray) -> Answer) {
    private val strokes = mutableListOf<MutableList<Point>>()
    private val raster = Raster()

    /** What there is to show now. */
    var state = DigitState(emptyList(), null)
        private set

    /** Is called with each new state, on the thread that caused it; and with the present one when it is set. */
    var onChange: (DigitState) -> Unit = {}
        set(value) {
            field = value
            value(state)
        }

    /** Puts the pen down: a touch alone is a dot. */
    fun beginStroke(point: Point) {
        strokes += mutableListOf(point)
        raster.drawLine(point, point)
        answer()
    }

    /** Moves the pen on. Does nothing before the first stroke. */
    fun extendStroke(points: List<Point>) {
        val stroke = strokes.lastOrNull() ?: return
        for (point in points) {
            raster.drawLine(stroke.last(), point)
            stroke += point
        }
        answer()
    }

    /** Takes back the last stroke, if there is one. */
    fun undo() {
        strokes.removeLastOrNull() ?: return
        raster.clear()
        for (stroke in strokes) {
            raster.drawLine(stroke.first(), stroke.first())
            stroke.zipWithNext(raster::drawLine)
        }
        answer()
    }

    fun clear() {
        strokes.clear()
        raster.clear()
        answer()
    }

    private fun answer() {
        val answer = if (strokes.isEmpty()) null else classify(prepare())
        state = DigitState(strokes.map { it.toList() }, answer)
        onChange(state)
    }

    private fun prepare(): ByteArray = preparePicture(raster.rgba, Raster.SIZE, Raster.SIZE, picture.ofDrawing)
}

/** The drawing as a picture of black strokes on white, for [preparePicture]. */
class Raster {
    /** Four bytes a pixel, row by row: red, green, blue, alpha. */
    val rgba = ByteArray(4 * SIZE * SIZE)

    init {
        clear()
    }

    fun clear() = rgba.fill(WHITE)

    /** Draws a straight line with a round pen. */
    fun drawLine(from: Point, to: Point) {
        val columns = findReach(from.x, to.x)
        for (y in findReach(from.y, to.y)) {
            for (x in columns) {
                val distance = findDistance((x + 0.5f) / SIZE, (y + 0.5f) / SIZE, from, to)
                // Full ink up to half a pixel within the pen's edge, none from half a pixel beyond it.
                darken(x, y, ((PEN / 2 - distance) * SIZE + 0.5f).coerceIn(0f, 1f))
            }
        }
    }

    private fun darken(x: Int, y: Int, ink: Float) {
        val first = 4 * (y * SIZE + x)
        val grey = minOf((255 * (1 - ink)).toInt(), rgba[first].toInt() and 0xFF)
        rgba.fill(grey.toByte(), first, first + 3)
    }

    companion object {
        /** Pixels along one side: ten for each of the image that the model gets. */
        const val SIZE = 280
        private const val WHITE: Byte = -1

        /** The rows or columns that a line between two coordinates touches. */
        private fun findReach(one: Float, other: Float): IntRange {
            val margin = PEN / 2 * SIZE + 1
            val first = floor(minOf(one, other) * SIZE - margin).toInt()
            val last = ceil(maxOf(one, other) * SIZE + margin).toInt()
            return first.coerceAtLeast(0)..last.coerceAtMost(SIZE - 1)
        }

        /** How far a place is from the nearest one on a line. */
        private fun findDistance(x: Float, y: Float, from: Point, to: Point): Float {
            val dx = to.x - from.x
            val dy = to.y - from.y
            val squared = dx * dx + dy * dy
            val along = if (squared == 0f) 0f else ((x - from.x) * dx + (y - from.y) * dy) / squared
            val share = along.coerceIn(0f, 1f)
            val ox = x - from.x - share * dx
            val oy = y - from.y - share * dy
            return sqrt(ox * ox + oy * oy)
        }
    }
}
