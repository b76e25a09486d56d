import XCTest

@testable import Digits

/// The app without its screen: what touches do to the drawing and to the answer.
@MainActor
final class DigitModelTests: XCTestCase {
    private let model = DigitModel(labels: ["zero", "one"]) { pixels in
        guard pixels.contains(where: { $0 > 0 }) else { throw DigitError.noAnswer }
        return Answer(scores: [0.25, 0.75], probabilities: [0.25, 0.75], best: 1, label: "one")
    }

    func testAnEmptyDrawingHasNoAnswer() async {
        XCTAssertTrue(model.strokes.isEmpty)
        XCTAssertNil(model.answer)
    }

    func testADrawnLineIsAnsweredAndTakenBack() async {
        model.beginStroke(Point(x: 0.5, y: 0.2))
        model.extendStroke(Point(x: 0.5, y: 0.8))
        XCTAssertEqual(model.answer?.label, "one")
        XCTAssertEqual(model.strokes.count, 1)
        model.undo()
        XCTAssertNil(model.answer)
        XCTAssertNil(model.errorMessage)
    }

    func testUndoAndThePensMovesDoNothingWithoutAStroke() async {
        model.undo()
        model.extendStroke(Point(x: 0.5, y: 0.5))
        XCTAssertTrue(model.strokes.isEmpty)
    }

    func testThePenIsRoundAndStaysInside() async {
        let rgba = Raster([[Point(x: 0.5, y: 0.5)], [Point(x: -3, y: -3), Point(x: -2, y: -2)]]).rgba
        let middle = (0..<Raster.size).filter { rgba[4 * (Raster.size / 2 * Raster.size + $0)] < 128 }
        XCTAssertEqual(Double(middle.count), pen * Double(Raster.size), accuracy: 2)
        XCTAssertEqual(rgba[0], 255)
    }

    func testADrawingHasTheInkThatTheModelTakes() async throws {
        let rgba = Raster([[Point(x: 0.5, y: 0.2), Point(x: 0.5, y: 0.8)]]).rgba
        for preparation in [ModelContract.Preparation.fit, .none] {
            let inks = try [ModelContract.Ink.bright, .dark].map { ink in
                let picture = ModelContract.Picture(preparation: preparation, ink: ink).ofDrawing
                return try preparePicture(rgba, width: Raster.size, height: Raster.size, as: picture)
            }
            XCTAssertEqual(inks[0][0], 0)
            XCTAssertEqual(inks[1], inks[0].map { 255 - $0 })
            XCTAssertFalse(isBlank(inks[0]))
        }
    }

    func testADrawingIsPreparedAsMNISTIs() async {
        let strokes = [[Point(x: 0.5, y: 0.2), Point(x: 0.5, y: 0.8)]]
        let pixels = prepareDigit(Raster(strokes).rgba, width: Raster.size, height: Raster.size)
        let rows = pixels.indices.filter { pixels[$0] > 0 }.map { $0 / digitSize }
        XCTAssertEqual(rows.min(), 5)
        XCTAssertEqual(rows.max(), 24)
    }
}
