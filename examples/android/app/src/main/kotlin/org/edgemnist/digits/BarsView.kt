package org.edgemnist.digits

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.util.AttributeSet
import android.view.View
import kotlin.math.min
import kotlin.math.roundToInt

/** A bar for each class, as long as the model finds it probable; in two columns where there are many. */
class BarsView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    private var labels: List<String> = emptyList()
    private var probabilities: FloatArray? = null

    private val density = resources.displayMetrics.density
    private val bar = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = context.findColor(android.R.attr.colorAccent) }
    private val text = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = context.findColor(android.R.attr.textColorPrimary) }

    /**
     * Shows an answer.
     *
     * @param labels the name of each class
     * @param probabilities one a class, 0 to 1; null where there is no answer
     */
    fun show(labels: List<String>, probabilities: FloatArray?) {
        this.labels = labels
        this.probabilities = probabilities
        contentDescription = describe()
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        if (labels.isEmpty()) return
        val columns = if (labels.size > ROWS) 2 else 1
        val rows = (labels.size + columns - 1) / columns
        val (columnWidth, rowHeight) = width.toFloat() / columns to height.toFloat() / rows
        text.textSize = min(0.7f * rowHeight, 18 * resources.configuration.fontScale * density)
        for (index in labels.indices) {
            canvas.save()
            canvas.translate(index / rows * columnWidth, index % rows * rowHeight)
            drawRow(canvas, index, columnWidth, rowHeight)
            canvas.restore()
        }
    }

    private fun drawRow(canvas: Canvas, index: Int, width: Float, height: Float) {
        val probability = probabilities?.get(index) ?: 0f
        val baseline = height / 2 - (text.ascent() + text.descent()) / 2
        val gap = 8 * density
        val from = gap + labels.maxOf(text::measureText)
        val room = width - from - text.measureText(describePercent(1f)) - 3 * gap
        text.textAlign = Paint.Align.LEFT
        canvas.drawText(labels[index], 0f, baseline, text)
        val round = height / 8
        canvas.drawRoundRect(from, height / 4, from + room * probability, 3 * height / 4, round, round, bar)
        if (probabilities == null) return
        text.textAlign = Paint.Align.RIGHT
        canvas.drawText(describePercent(probability), width - gap, baseline, text)
    }

    /** The most probable classes in words, for who doesn't see the bars. */
    private fun describe(): String {
        val found = probabilities ?: return context.getString(R.string.no_answer)
        val first = labels.indices.sortedByDescending { found[it] }.take(3)
        return first.joinToString { context.getString(R.string.answer, labels[it], toPercent(found[it])) }
    }

    private fun describePercent(probability: Float) = context.getString(R.string.percent, toPercent(probability))

    private fun toPercent(probability: Float) = (100 * probability).roundToInt()

    private companion object {
        /** As many as a phone shows below each other. */
        const val ROWS = 13
    }
}
