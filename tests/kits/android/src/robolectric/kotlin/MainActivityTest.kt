package org.edgemnist.digits

import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.SystemClock
import android.view.MotionEvent
import android.view.View
import android.widget.TextView
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The app itself, with Android's own classes, in Robolectric: drawn in by touches, turned, and by night. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [34], qualifiers = "w411dp-h891dp-xhdpi")
class MainActivityTest {
    private val controller: ActivityController<MainActivity> =
        Robolectric.buildActivity(MainActivity::class.java).setup()
    private val drawing get() = find<DrawingView>(R.id.drawing)
    private val bars get() = find<BarsView>(R.id.bars)
    private val label get() = find<TextView>(R.id.label).text.toString()

    @Test
    fun `an empty drawing has no answer`() {
        assertEquals("Draw here", label)
        assertEquals("Nothing is drawn", bars.contentDescription)
        assertFalse(find<View>(R.id.undo).isEnabled)
        takePicture("empty")
    }

    @Test
    fun `a drawn line is answered, and taken back`() {
        drawOne()
        assertTrue(label, label.matches(Regex("\\S+: \\d+ %")))
        assertTrue(bars.contentDescription.startsWith(label))
        takePicture("one")
        find<View>(R.id.undo).performClick()
        assertEquals("Draw here", label)
        drawOne()
        find<View>(R.id.clear).performClick()
        assertEquals("Draw here", label)
    }

    @Test
    fun `ink is where the finger was`() {
        val before = takePicture("before")
        drawOne()
        val after = takePicture("after")
        val (x, y) = findMiddle()
        assertFalse(before.getPixel(x, y) == after.getPixel(x, y))
        assertEquals(before.getPixel(x - drawing.height / 4, y), after.getPixel(x - drawing.height / 4, y))
    }

    @Test
    fun `a drawing outlives the turn of the phone`() {
        drawOne()
        val before = label
        RuntimeEnvironment.setQualifiers("w891dp-h411dp-land-xhdpi")
        controller.recreate()
        assertEquals(before, label)
        assertEquals(1, drawing.strokes.size)
        val picture = takePicture("turned")
        assertTrue(picture.width > picture.height)
        assertTrue((bars.parent as View).left >= drawing.right)
    }

    @Test
    @Config(qualifiers = "+night")
    fun `by night it is dark`() {
        drawOne()
        val picture = takePicture("night")
        assertTrue(picture.getPixel(2, picture.height - 2) and 0xFF < 0x40)
        val (x, y) = findMiddle()
        assertTrue(picture.getPixel(x, y) and 0xFF > 0xC0)
    }

    @Test
    fun `letters have two columns`() {
        bars.show(('A'..'Z').map(Char::toString), FloatArray(26) { if (it == 25) 0.9f else 0.004f })
        val picture = takePicture("letters")
        val (x, y) = IntArray(2).also(bars::getLocationInWindow).let { (left, top) ->
            left + 7 * bars.width / 10 to top + 25 * bars.height / 26
        }
        assertFalse(picture.getPixel(x, y) == picture.getPixel(2, 2))
        assertTrue(bars.contentDescription.startsWith("Z: 90 %"))
    }

    private fun <T : View> find(id: Int): T = controller.get().findViewById(id)

    private fun drawOne() {
        touch(MotionEvent.ACTION_DOWN, 0.2f)
        for (step in 3..8) touch(MotionEvent.ACTION_MOVE, 0.1f * step)
        touch(MotionEvent.ACTION_UP, 0.8f)
    }

    private fun touch(action: Int, y: Float) {
        val now = SystemClock.uptimeMillis()
        val event = MotionEvent.obtain(now, now, action, drawing.width / 2f, y * drawing.height, 0)
        assertTrue(drawing.dispatchTouchEvent(event))
        event.recycle()
    }

    /** Where the middle of the drawing is on the screen. */
    private fun findMiddle(): Pair<Int, Int> {
        val place = IntArray(2).also(drawing::getLocationInWindow)
        return place[0] + drawing.width / 2 to place[1] + drawing.height / 2
    }

    private fun takePicture(name: String): Bitmap {
        val screen = controller.get().window.decorView
        val picture = Bitmap.createBitmap(screen.width, screen.height, Bitmap.Config.ARGB_8888)
        screen.draw(Canvas(picture))
        val file = File(System.getProperty("pictures"), "$name.png")
        file.parentFile.mkdirs()
        file.outputStream().use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
        return picture
    }
}
