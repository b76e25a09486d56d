/// Turns a picture into an image of the kind that a model was trained on.
///
/// As `edgemnist/datasets/preparation.py` describes it; in whole numbers only, so that every language gives the same
/// bytes.
///
/// - Parameters:
///   - rgba: four bytes a pixel, row by row.
///   - picture: that of the model's contract.
/// - Returns: `digitSize` rows of as many bytes; see `isBlank`.
/// - Throws: `DigitError` if the model takes pictures as they are, and this one has another size.
public func preparePicture(
    _ rgba: [UInt8],
    width: Int,
    height: Int,
    as picture: ModelContract.Picture
) throws -> [UInt8] {
    switch picture.preparation {
    case .digit:
        let digit = prepareDigit(rgba, width: width, height: height)
        return picture.ink == .dark ? digit.map { 255 - $0 } : digit
    case .fit:
        return fitPicture(rgba, width: width, height: height, ink: picture.ink)
    case .none:
        guard width == digitSize && height == digitSize else {
            throw DigitError.wrongPicture(width: width, height: height)
        }
        return fitPicture(rgba, width: width, height: height, ink: .any)
    }
}

/// Whether there is nothing to be seen on an image: hardly any contrast.
public func isBlank(_ pixels: [UInt8]) -> Bool {
    Int(pixels.max() ?? 0) - Int(pixels.min() ?? 0) < leastContrast
}

/// Brings a picture to grey and scales it whole, on the colour of its border.
///
/// - Parameters:
///   - rgba: four bytes a pixel, row by row.
///   - ink: of the image, which is inverted where the picture has the other.
public func fitPicture(_ rgba: [UInt8], width: Int, height: Int, ink: ModelContract.Ink = .any) -> [UInt8] {
    precondition(width > 0 && height > 0 && rgba.count == 4 * width * height, "four bytes a pixel")
    let grey = shrink(readGrey(rgba, width, height))
    let scaled = resize(grey, digitSize)
    let (top, left) = ((digitSize - scaled.height) / 2, (digitSize - scaled.width) / 2)
    var values = [Int](repeating: findBorder(grey), count: digitSize * digitSize)
    for y in 0..<scaled.height {
        for x in 0..<scaled.width {
            values[(top + y) * digitSize + left + x] = scaled[y, x]
        }
    }
    let image = Grey(digitSize, digitSize, values)
    let found: ModelContract.Ink = hasBrightBorder(image, findLevels(image).threshold) ? .dark : .bright
    return values.map { UInt8(ink == .any || ink == found ? $0 : 255 - $0) }
}

/// Turns a picture of one digit into MNIST's own form: white ink on black, 28 × 28, centred by its mass.
///
/// - Parameter rgba: four bytes a pixel, row by row: dark ink on bright paper or the reverse.
/// - Returns: `digitSize` rows of as many bytes, 0 (paper) to 255 (ink); all 0 where there is nothing to be seen.
public func prepareDigit(_ rgba: [UInt8], width: Int, height: Int) -> [UInt8] {
    precondition(width > 0 && height > 0 && rgba.count == 4 * width * height, "four bytes a pixel")
    let nothing = [UInt8](repeating: 0, count: digitSize * digitSize)
    guard let grey = turnToInk(shrink(readGrey(rgba, width, height))) else { return nothing }
    let paper = findPaper(grey)
    let flat = Grey(grey.width, grey.height, zip(grey.values, paper.values).map { min($0 - $1, 255) })
    let levels = findLevels(flat)
    guard levels.ink - levels.paper >= leastContrast else { return nothing }
    let rows = findSpan((0..<flat.height).map { y in flat.row(y).filter { $0 > levels.threshold }.count })
    let turned = flat.transposed()
    let columns = findSpan((0..<flat.width).map { x in turned.row(x).filter { $0 > levels.threshold }.count })
    let black = (levels.paper + levels.threshold) / 2
    let clean = rows.flatMap { y in
        columns.map { x in min(max(flat[y, x] - black, 0) * 255 / (levels.ink - black), 255) }
    }
    return place(stretch(resize(Grey(columns.count, rows.count, clean), box)))
}

/// Rows, and columns, of what is made.
public let digitSize = 28

private let box = 20
private let centre = 14
private let longestSide = 256
private let leastContrast = 16
private let mostRounds = 32
/// The square of the top-hat reaches a sixth of the longer side: wider than a stroke, narrower than a shadow.
private let reachShare = 6
/// Even the end of a stroke has more than a quarter of the average row's ink; dirt at the edge has less.
private let inkShare = 4

/// A picture of one number a pixel, row by row.
private struct Grey {
    let width: Int
    let height: Int
    let values: [Int]

    init(_ width: Int, _ height: Int, _ values: [Int]) {
        self.width = width
        self.height = height
        self.values = values
    }

    var longerSide: Int { max(width, height) }

    subscript(y: Int, x: Int) -> Int { values[y * width + x] }

    func row(_ y: Int) -> ArraySlice<Int> { values[(y * width)..<((y + 1) * width)] }

    func transposed() -> Grey {
        Grey(height, width, (0..<width).flatMap { x in (0..<height).map { y in self[y, x] } })
    }
}

private struct Levels {
    let threshold: Int
    let paper: Int
    let ink: Int
}

/// The quotient rounded to the nearest, of whole numbers from 0 on.
private func mean(_ total: Int, _ count: Int) -> Int {
    (2 * total + count) / (2 * count)
}

private func readGrey(_ rgba: [UInt8], _ width: Int, _ height: Int) -> Grey {
    let grey = (0..<(width * height)).map { pixel in
        let (red, green, blue) = (Int(rgba[4 * pixel]), Int(rgba[4 * pixel + 1]), Int(rgba[4 * pixel + 2]))
        return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
    }
    let alpha = (0..<grey.count).map { Int(rgba[4 * $0 + 3]) }
    let weighted = zip(alpha, grey).reduce(0) { $0 + $1.0 * $1.1 }
    let paper = weighted < 128 * alpha.reduce(0, +) ? 255 : 0
    return Grey(width, height, zip(alpha, grey).map { ($0 * $1 + (255 - $0) * paper + 127) / 255 })
}

private func shrink(_ grey: Grey) -> Grey {
    let block = (grey.longerSide + longestSide - 1) / longestSide
    let tops = stride(from: 0, to: grey.height, by: block)
    let lefts = stride(from: 0, to: grey.width, by: block)
    let values = tops.flatMap { top in
        lefts.map { left in
            let rows = top..<min(top + block, grey.height)
            let columns = left..<min(left + block, grey.width)
            let total = rows.reduce(0) { sum, y in columns.reduce(sum) { $0 + grey[y, $1] } }
            return mean(total, rows.count * columns.count)
        }
    }
    return Grey((grey.width + block - 1) / block, (grey.height + block - 1) / block, values)
}

/// Finds the threshold, the level of the paper below it and that of the ink above.
private func findLevels(_ grey: Grey) -> Levels {
    var counts = [Int](repeating: 0, count: 256)
    for value in grey.values {
        counts[value] += 1
    }
    var totals = counts.indices.map { $0 * counts[$0] }
    for value in 1..<256 {
        counts[value] += counts[value - 1]
        totals[value] += totals[value - 1]
    }
    var levels = Levels(threshold: totals[255] / counts[255], paper: 0, ink: 0)
    for _ in 0..<mostRounds {
        let paper = totals[levels.threshold] / counts[levels.threshold]
        let above = counts[255] - counts[levels.threshold]
        let ink = above > 0 ? (totals[255] - totals[levels.threshold]) / above : paper
        let settled = (paper + ink) / 2 == levels.threshold
        levels = Levels(threshold: (paper + ink) / 2, paper: paper, ink: ink)
        if settled { break }
    }
    return levels
}

/// Makes it bright ink on dark paper, whichever way it was; nil where there is no contrast.
private func turnToInk(_ grey: Grey) -> Grey? {
    let levels = findLevels(grey)
    guard levels.ink - levels.paper >= leastContrast else { return nil }
    let isTurned = hasBrightBorder(grey, levels.threshold)
    return isTurned ? Grey(grey.width, grey.height, grey.values.map { 255 - $0 }) : grey
}

private func hasBrightBorder(_ grey: Grey, _ threshold: Int) -> Bool {
    let border = takeBorder(grey)
    return 2 * border.filter { $0 > threshold }.count > border.count
}

/// The median of the border's pixels: of two the lower one.
private func findBorder(_ grey: Grey) -> Int {
    let border = takeBorder(grey).sorted()
    return border[(border.count - 1) / 2]
}

private func takeBorder(_ grey: Grey) -> [Int] {
    grey.values.indices.filter { isBorder(grey, $0 / grey.width, $0 % grey.width) }.map { grey.values[$0] }
}

private func isBorder(_ grey: Grey, _ y: Int, _ x: Int) -> Bool {
    y == 0 || x == 0 || y == grey.height - 1 || x == grey.width - 1
}

/// Finds how bright the paper is at each pixel: the opening of the picture.
private func findPaper(_ grey: Grey) -> Grey {
    let reach = grey.longerSide / reachShare
    var paper = extendRows(extendRows(grey.transposed(), 2 * reach).transposed(), 2 * reach)
    let choices: [(Int, Int) -> Int] = [{ min($0, $1) }, { max($0, $1) }]
    for choose in choices {
        paper = slide(slide(paper, 2 * reach + 1, choose).transposed(), 2 * reach + 1, choose).transposed()
    }
    return paper
}

/// Lets each row go on beyond its two ends as 2 · edge - mirrored, so that a ramp stays one.
private func extendRows(_ grey: Grey, _ margin: Int) -> Grey {
    let last = grey.width - 1
    let values = (0..<grey.height).flatMap { y in
        (-margin..<(grey.width + margin)).map { x in
            if x < 0 { return 2 * grey[y, 0] - grey[y, min(-x, last)] }
            if x > last { return 2 * grey[y, last] - grey[y, max(2 * last - x, 0)] }
            return grey[y, x]
        }
    }
    return Grey(grey.width + 2 * margin, grey.height, values)
}

/// The minimum, or the maximum, of each `size` neighbours in a row; windows double up to there.
private func slide(_ grey: Grey, _ size: Int, _ choose: (Int, Int) -> Int) -> Grey {
    var found = grey
    var reached = 1
    while reached < size {
        let step = min(reached, size - reached)
        let values = (0..<found.height).flatMap { y in
            zip(found.row(y), found.row(y).dropFirst(step)).map(choose)
        }
        found = Grey(found.width - step, found.height, values)
        reached += step
    }
    return found
}

/// The part, from the first to the last place, that holds enough of the ink.
private func findSpan(_ ink: [Int]) -> Range<Int> {
    let places = ink.filter { $0 > 0 }.count
    let total = ink.reduce(0, +)
    let enough = ink.indices.filter { ink[$0] * places * inkShare >= total }
    return enough[0]..<(enough[enough.count - 1] + 1)
}

/// Scales the longer side to `side` pixels, each the mean of the area that it covers.
private func resize(_ grey: Grey, _ side: Int) -> Grey {
    let height = max(1, mean(side * grey.height, grey.longerSide))
    let width = max(1, mean(side * grey.width, grey.longerSide))
    let values = (0..<height).flatMap { y in
        (0..<width).map { x in mean(coverArea(grey, y, x, height, width), grey.width * grey.height) }
    }
    return Grey(width, height, values)
}

/// Scales the largest value to 255.
private func stretch(_ grey: Grey) -> Grey {
    let largest = max(1, grey.values.max() ?? 1)
    return Grey(grey.width, grey.height, grey.values.map { $0 * 255 / largest })
}

/// The old pixels under a new one, each times how much of it is covered: in units of 1 / (old · new) of a side.
private func coverArea(_ grey: Grey, _ y: Int, _ x: Int, _ height: Int, _ width: Int) -> Int {
    listCovered(grey.height, height, y).reduce(0) { total, row in
        let across = listCovered(grey.width, width, x).reduce(0) { sum, column in
            sum + grey[row, column] * findOverlap(grey.width, width, x, column)
        }
        return total + across * findOverlap(grey.height, height, y, row)
    }
}

private func listCovered(_ old: Int, _ new: Int, _ place: Int) -> ClosedRange<Int> {
    (place * old / new)...(((place + 1) * old - 1) / new)
}

private func findOverlap(_ old: Int, _ new: Int, _ place: Int, _ pixel: Int) -> Int {
    min((place + 1) * old, (pixel + 1) * new) - max(place * old, pixel * new)
}

private func place(_ box: Grey) -> [UInt8] {
    let turned = box.transposed()
    let top = findShift((0..<box.height).map { box.row($0).reduce(0, +) })
    let left = findShift((0..<box.width).map { turned.row($0).reduce(0, +) })
    var digit = [UInt8](repeating: 0, count: digitSize * digitSize)
    for y in 0..<box.height {
        for x in 0..<box.width {
            digit[(top + y) * digitSize + left + x] = UInt8(box[y, x])
        }
    }
    return digit
}

/// Below 0 the quotient is rounded the other way than in Python, and cut off in both.
private func findShift(_ sums: [Int]) -> Int {
    let total = sums.reduce(0, +)
    let moment = sums.enumerated().reduce(0) { $0 + $1.element * (2 * $1.offset + 1) }
    let shift = ((2 * centre + 1) * total - moment + total) / max(1, 2 * total)
    return min(max(shift, 0), digitSize - sums.count)
}
