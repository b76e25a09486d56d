/// A place in a drawing: 0 to 1 from its left to its right, and from its top to its bottom.
public struct Point: Equatable {
    public let x: Double
    public let y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// The width of the pen, where the drawing's side is 1: about that of a MNIST digit's strokes.
public let pen = 0.08

/// A drawing as a picture of black strokes on white, for `preparePicture`.
public struct Raster {
    /// Pixels along one side: ten for each of the image that the model gets.
    public static let size = 280

    /// Four bytes a pixel, row by row: red, green, blue, alpha.
    public private(set) var rgba = [UInt8](repeating: 255, count: 4 * size * size)

    /// Draws each stroke with a round pen; a stroke of one place is a dot.
    public init(_ strokes: [[Point]]) {
        strokes.forEach { add($0) }
    }

    private mutating func add(_ stroke: [Point]) {
        guard let first = stroke.first else { return }
        drawLine(first, first)
        for (from, to) in zip(stroke, stroke.dropFirst()) {
            drawLine(from, to)
        }
    }

    private mutating func drawLine(_ from: Point, _ to: Point) {
        let columns = Raster.findReach(from.x, to.x)
        for y in Raster.findReach(from.y, to.y) {
            for x in columns {
                let middle = Point(x: Raster.findMiddle(x), y: Raster.findMiddle(y))
                // Full ink up to half a pixel within the pen's edge, none from half a pixel beyond it.
                let within = (pen / 2 - Raster.findDistance(middle, from, to)) * Double(Raster.size)
                darken(x, y, min(max(within + 0.5, 0), 1))
            }
        }
    }

    private mutating func darken(_ x: Int, _ y: Int, _ ink: Double) {
        let first = 4 * (y * Raster.size + x)
        let grey = min(UInt8(255 * (1 - ink)), rgba[first])
        for channel in first..<(first + 3) {
            rgba[channel] = grey
        }
    }

    /// The rows or columns that a line between two coordinates touches.
    private static func findReach(_ one: Double, _ other: Double) -> Range<Int> {
        let margin = pen / 2 * Double(size) + 1
        let first = (min(one, other) * Double(size) - margin).rounded(.down)
        let last = (max(one, other) * Double(size) + margin).rounded(.up)
        let start = Int(min(max(first, 0), Double(size)))
        return start..<max(start, Int(min(max(last + 1, 0), Double(size))))
    }

    private static func findMiddle(_ pixel: Int) -> Double {
        (Double(pixel) + 0.5) / Double(size)
    }

    /// How far a place is from the nearest one on a line.
    private static func findDistance(_ place: Point, _ from: Point, _ to: Point) -> Double {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let squared = dx * dx + dy * dy
        let along = squared == 0 ? 0 : ((place.x - from.x) * dx + (place.y - from.y) * dy) / squared
        let share = min(max(along, 0), 1)
        let (ox, oy) = (place.x - from.x - share * dx, place.y - from.y - share * dy)
        return (ox * ox + oy * oy).squareRoot()
    }
}
