package org.edgemnist.digits

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.util.AttributeSet
import android.view.MotionEvent
import android.view.View
import kotlin.math.max
import kotlin.math.min

/** A square to draw in with a finger: tells the model each touch, and shows the strokes that it is given. */
class DrawingView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    /** That gets the touches; without one the view is only looked at. */
    var model: DigitModel? = null

    var strokes: List<List<Point>> = emptyList()
        set(value) {
            field = value
            invalidate()
        }

    private val pen = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeCap = Paint.Cap.ROUND
        strokeJoin = Paint.Join.ROUND
        color = context.findColor(android.R.attr.textColorPrimary)
    }
    private val frame = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeWidth = resources.displayMetrics.density
        color = context.findColor(android.R.attr.textColorSecondary)
    }
    private val path = Path()

    private val side: Float get() = max(1, min(width, height)).toFloat()
    private val left: Float get() = (width - side) / 2
    private val top: Float get() = (height - side) / 2

    override fun onTouchEvent(event: MotionEvent): Boolean {
        val model = model ?: return super.onTouchEvent(event)
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> {
                parent?.requestDisallowInterceptTouchEvent(true)
                model.beginStroke(findPoint(event.x, event.y))
            }
            MotionEvent.ACTION_MOVE -> model.extendStroke(listPoints(event))
            MotionEvent.ACTION_UP -> performClick()
            else -> return super.onTouchEvent(event)
        }
        return true
    }

    // A touch draws; a click alone, as accessibility services send it, does nothing.
    override fun performClick(): Boolean = super.performClick()

    override fun onDraw(canvas: Canvas) {
        canvas.drawRect(left, top, left + side, top + side, frame)
        canvas.save()
        canvas.clipRect(left, top, left + side, top + side)
        pen.strokeWidth = PEN * side
        for (stroke in strokes) {
            path.rewind()
            path.moveTo(left + stroke[0].x * side, top + stroke[0].y * side)
            // A line to the same place is what draws the dot of a single touch.
            for (point in stroke) path.lineTo(left + point.x * side, top + point.y * side)
            canvas.drawPath(path, pen)
        }
        canvas.restore()
    }

    /** The places since the last event: Android gives several at once. */
    private fun listPoints(event: MotionEvent): List<Point> =
        (0 until event.historySize).map { findPoint(event.getHistoricalX(it), event.getHistoricalY(it)) } +
            findPoint(event.x, event.y)

    private fun findPoint(x: Float, y: Float) = Point((x - left) / side, (y - top) / side)
}
