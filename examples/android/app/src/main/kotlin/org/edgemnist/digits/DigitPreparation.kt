package org.edgemnist.digits

/**
 * Turns a picture into an image of the kind that a model was trained on.
 *
 * As `edgemnist/datasets/preparation.py` describes it; in whole numbers only, so that every language gives the same
 * bytes.
 *
 * @param rgba four bytes a pixel, row by row
 * @param picture that of the model's contract
 * @return [DIGIT_SIZE] rows of as many bytes; see [isBlank]
 * @throws IllegalArgumentException where the model takes pictures as they are, and this one has another size
 */
fun preparePicture(rgba: ByteArray, width: Int, height: Int, picture: Picture): ByteArray = when (picture.preparation) {
    Preparation.DIGIT -> prepareDigit(rgba, width, height).let { if (picture.ink == Ink.DARK) invert(it) else it }
    Preparation.FIT -> fitPicture(rgba, width, height, picture.ink)
    Preparation.NONE -> {
        require(width == DIGIT_SIZE && height == DIGIT_SIZE) {
            "$width x $height pixels, expected $DIGIT_SIZE x $DIGIT_SIZE"
        }
        fitPicture(rgba, width, height, Ink.ANY)
    }
}

/** Whether there is nothing to be seen on an image: hardly any contrast. */
fun isBlank(pixels: ByteArray): Boolean =
    pixels.maxOf { it.toInt() and 0xFF } - pixels.minOf { it.toInt() and 0xFF } < LEAST_CONTRAST

/**
 * Brings a picture to grey and scales it whole, on the colour of its border.
 *
 * @param ink of the image, which is inverted where the picture has the other
 */
fun fitPicture(rgba: ByteArray, width: Int, height: Int, ink: Ink = Ink.ANY): ByteArray {
    requireBytes(rgba, width, height)
    val grey = shrink(readGrey(rgba, width, height))
    val (box, border) = resize(grey, DIGIT_SIZE) to findBorder(grey)
    val (top, left) = (DIGIT_SIZE - box.height) / 2 to (DIGIT_SIZE - box.width) / 2
    val image = Grey(DIGIT_SIZE, DIGIT_SIZE) { y, x ->
        if (y - top in 0 until box.height && x - left in 0 until box.width) box[y - top, x - left] else border
    }
    val found = if (hasBrightBorder(image, findLevels(image).threshold)) Ink.DARK else Ink.BRIGHT
    val pixels = ByteArray(image.values.size) { image.values[it].toByte() }
    return if (ink == Ink.ANY || ink == found) pixels else invert(pixels)
}

private fun invert(pixels: ByteArray): ByteArray = ByteArray(pixels.size) { (255 - pixels[it]).toByte() }

private fun requireBytes(rgba: ByteArray, width: Int, height: Int) =
    require(width > 0 && height > 0 && rgba.size == 4 * width * height) {
        "${rgba.size} bytes, expected ${4L * width * height}"
    }

/**
 * Turns a picture of one digit into MNIST's own form: white ink on black, 28 × 28, centred by its mass.
 *
 * @param rgba four bytes a pixel, row by row: dark ink on bright paper or the reverse
 * @return [DIGIT_SIZE] rows of as many bytes, 0 (paper) to 255 (ink); all 0 where there is nothing to be seen
 */
fun prepareDigit(rgba: ByteArray, width: Int, height: Int): ByteArray {
    requireBytes(rgba, width, height)
    val grey = turnToInk(shrink(readGrey(rgba, width, height))) ?: return ByteArray(DIGIT_SIZE * DIGIT_SIZE)
    val flat = grey.combine(findPaper(grey)) { value, paper -> minOf(value - paper, 255) }
    val levels = findLevels(flat)
    if (levels.ink - levels.paper < LEAST_CONTRAST) return ByteArray(DIGIT_SIZE * DIGIT_SIZE)
    val rows = findSpan(IntArray(flat.height) { y -> (0 until flat.width).count { flat[y, it] > levels.threshold } })
    val columns = findSpan(IntArray(flat.width) { x -> (0 until flat.height).count { flat[it, x] > levels.threshold } })
    val black = (levels.paper + levels.threshold) / 2
    val clean = Grey(columns.count(), rows.count()) { y, x ->
        minOf(maxOf(flat[rows.first + y, columns.first + x] - black, 0) * 255 / (levels.ink - black), 255)
    }
    return place(stretch(resize(clean, BOX)))
}

/** Rows, and columns, of what is made. */
const val DIGIT_SIZE = 28

private const val BOX = 20
private const val CENTRE = 14
private const val LONGEST_SIDE = 256
private const val LEAST_CONTRAST = 16
private const val MOST_ROUNDS = 32

/** The square of the top-hat reaches a sixth of the longer side: wider than a stroke, narrower than a shadow. */
private const val REACH_SHARE = 6

/** Even the end of a stroke has more than a quarter of the average row's ink; dirt at the edge has less. */
private const val INK_SHARE = 4

/** A picture of one number a pixel, row by row. */
private class Grey(val width: Int, val height: Int, val values: IntArray) {
    val longerSide: Int get() = maxOf(width, height)

    operator fun get(y: Int, x: Int): Int = values[y * width + x]

    inline fun combine(other: Grey, choose: (Int, Int) -> Int): Grey =
        Grey(width, height, IntArray(values.size) { choose(values[it], other.values[it]) })

    fun transpose(): Grey = Grey(height, width) { y, x -> this[x, y] }
}

private inline fun Grey(width: Int, height: Int, find: (Int, Int) -> Int): Grey =
    Grey(width, height, IntArray(width * height) { find(it / width, it % width) })

private class Levels(val threshold: Int, val paper: Int, val ink: Int)

/** The quotient rounded to the nearest, of whole numbers from 0 on. */
private fun mean(total: Long, count: Long): Int = ((2 * total + count) / (2 * count)).toInt()

private fun readGrey(rgba: ByteArray, width: Int, height: Int): Grey {
    fun read(index: Int) = rgba[index].toInt() and 0xFF
    fun readAlpha(pixel: Int) = read(4 * pixel + 3)
    val grey = IntArray(width * height) {
        (19595 * read(4 * it) + 38470 * read(4 * it + 1) + 7471 * read(4 * it + 2) + 32768) shr 16
    }
    val weighted = grey.indices.sumOf { readAlpha(it).toLong() * grey[it] }
    val paper = if (weighted < 128 * grey.indices.sumOf { readAlpha(it).toLong() }) 255 else 0
    return Grey(width, height, IntArray(grey.size) {
        val alpha = readAlpha(it)
        (alpha * grey[it] + (255 - alpha) * paper + 127) / 255
    })
}

private fun shrink(grey: Grey): Grey {
    val block = (grey.longerSide + LONGEST_SIDE - 1) / LONGEST_SIDE
    val (width, height) = (grey.width + block - 1) / block to (grey.height + block - 1) / block
    return Grey(width, height) { y, x ->
        val rows = y * block until minOf((y + 1) * block, grey.height)
        val columns = x * block until minOf((x + 1) * block, grey.width)
        mean(rows.sumOf { row -> columns.sumOf { grey[row, it].toLong() } }, rows.count().toLong() * columns.count())
    }
}

/** Finds the threshold, the level of the paper below it and that of the ink above. */
private fun findLevels(grey: Grey): Levels {
    val counts = IntArray(256)
    for (value in grey.values) counts[value]++
    val totals = IntArray(256) { counts[it] * it }
    for (value in 1..255) {
        counts[value] += counts[value - 1]
        totals[value] += totals[value - 1]
    }
    var levels = Levels(totals[255] / counts[255], 0, 0)
    repeat(MOST_ROUNDS) {
        val paper = totals[levels.threshold] / counts[levels.threshold]
        val above = counts[255] - counts[levels.threshold]
        val ink = if (above > 0) (totals[255] - totals[levels.threshold]) / above else paper
        val settled = (paper + ink) / 2 == levels.threshold
        levels = Levels((paper + ink) / 2, paper, ink)
        if (settled) return levels
    }
    return levels
}

/** Makes it bright ink on dark paper, whichever way it was; null where there is no contrast. */
private fun turnToInk(grey: Grey): Grey? {
    val levels = findLevels(grey)
    if (levels.ink - levels.paper < LEAST_CONTRAST) return null
    val isTurned = hasBrightBorder(grey, levels.threshold)
    return if (isTurned) Grey(grey.width, grey.height) { y, x -> 255 - grey[y, x] } else grey
}

private fun hasBrightBorder(grey: Grey, threshold: Int): Boolean {
    val border = takeBorder(grey)
    return 2 * border.count { it > threshold } > border.size
}

/** The median of the border's pixels: of two the lower one. */
private fun findBorder(grey: Grey): Int = takeBorder(grey).sorted().let { it[(it.size - 1) / 2] }

private fun takeBorder(grey: Grey): List<Int> =
    grey.values.filterIndexed { index, _ -> isBorder(grey, index / grey.width, index % grey.width) }

private fun isBorder(grey: Grey, y: Int, x: Int): Boolean =
    y == 0 || x == 0 || y == grey.height - 1 || x == grey.width - 1

/** Finds how bright the paper is at each pixel: the opening of the picture. */
private fun findPaper(grey: Grey): Grey {
    val reach = grey.longerSide / REACH_SHARE
    var paper = extendRows(extendRows(grey.transpose(), 2 * reach).transpose(), 2 * reach)
    for (choose in listOf<(Int, Int) -> Int>(::minOf, ::maxOf)) {
        paper = slide(slide(paper, 2 * reach + 1, choose).transpose(), 2 * reach + 1, choose).transpose()
    }
    return paper
}

/** Lets each row go on beyond its two ends as 2 · edge - mirrored, so that a ramp stays one. */
private fun extendRows(grey: Grey, margin: Int): Grey {
    val last = grey.width - 1
    return Grey(grey.width + 2 * margin, grey.height) { y, x ->
        val place = x - margin
        when {
            place < 0 -> 2 * grey[y, 0] - grey[y, minOf(-place, last)]
            place > last -> 2 * grey[y, last] - grey[y, maxOf(last - (place - last), 0)]
            else -> grey[y, place]
        }
    }
}

/** The minimum, or the maximum, of each [size] neighbours in a row; windows double up to there. */
private fun slide(grey: Grey, size: Int, choose: (Int, Int) -> Int): Grey {
    var found = grey
    var reached = 1
    while (reached < size) {
        val (from, step) = found to minOf(reached, size - reached)
        found = Grey(from.width - step, from.height) { y, x -> choose(from[y, x], from[y, x + step]) }
        reached += step
    }
    return found
}

/** The part, from the first to the last place, that holds enough of the ink. */
private fun findSpan(ink: IntArray): IntRange {
    val (places, total) = ink.count { it > 0 } to ink.sum()
    fun isEnough(count: Int) = count.toLong() * places * INK_SHARE >= total
    return ink.indexOfFirst(::isEnough)..ink.indexOfLast(::isEnough)
}

/** Scales the longer side to [side] pixels, each the mean of the area that it covers. */
private fun resize(grey: Grey, side: Int): Grey {
    val (height, width) = listOf(grey.height, grey.width).map {
        maxOf(1, mean(side.toLong() * it, grey.longerSide.toLong()))
    }
    val area = grey.width.toLong() * grey.height
    return Grey(width, height) { y, x -> mean(coverArea(grey, y, x, height, width), area) }
}

/** Scales the largest value to 255. */
private fun stretch(box: Grey): Grey {
    val largest = maxOf(1, box.values.max())
    return Grey(box.width, box.height, IntArray(box.values.size) { box.values[it] * 255 / largest })
}

/** The old pixels under a new one, each times how much of it is covered: in units of 1 / (old · new) of a side. */
private fun coverArea(grey: Grey, y: Int, x: Int, height: Int, width: Int): Long =
    listCovered(grey.height, height, y).sumOf { row ->
        val across = listCovered(grey.width, width, x).sumOf {
            grey[row, it].toLong() * findOverlap(grey.width, width, x, it)
        }
        across * findOverlap(grey.height, height, y, row)
    }

private fun listCovered(old: Int, new: Int, place: Int): IntRange = place * old / new..((place + 1) * old - 1) / new

private fun findOverlap(old: Int, new: Int, place: Int, pixel: Int): Int =
    minOf((place + 1) * old, (pixel + 1) * new) - maxOf(place * old, pixel * new)

private fun place(box: Grey): ByteArray {
    val top = findShift(IntArray(box.height) { y -> (0 until box.width).sumOf { box[y, it] } })
    val left = findShift(IntArray(box.width) { x -> (0 until box.height).sumOf { box[it, x] } })
    val digit = ByteArray(DIGIT_SIZE * DIGIT_SIZE)
    for (y in 0 until box.height) {
        for (x in 0 until box.width) digit[(top + y) * DIGIT_SIZE + left + x] = box[y, x].toByte()
    }
    return digit
}

private fun findShift(sums: IntArray): Int {
    val total = sums.sum()
    val moment = sums.indices.sumOf { sums[it] * (2 * it + 1) }
    val shift = Math.floorDiv((2 * CENTRE + 1) * total - moment + total, maxOf(1, 2 * total))
    return minOf(maxOf(shift, 0), DIGIT_SIZE - sums.size)
}
