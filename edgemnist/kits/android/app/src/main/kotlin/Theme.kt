package org.edgemnist.digits

import android.content.Context
import android.graphics.Color

/** Looks a colour of the theme up, which is another one by night. */
fun Context.findColor(attribute: Int): Int {
    val values = obtainStyledAttributes(intArrayOf(attribute))
    try {
        return values.getColor(0, Color.GRAY)
    } finally {
        values.recycle()
    }
}
