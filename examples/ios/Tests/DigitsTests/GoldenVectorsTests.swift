import XCTest

@testable import Digits

/// The model of the app, in the types of the app.
final class GoldenVectorsTests: XCTestCase {
    func testEachGoldenVectorGetsTheExpectedAnswer() throws {
        let found = try DigitClassifier().selfTest()
        XCTAssertEqual(found, SelfTest(images: 20, matching: 20, right: 20))
        XCTAssertTrue(found.passed)
    }

    func testAnotherAnswerThanTheExpectedOneIsNoticed() throws {
        let vector = try XCTUnwrap(readVectors().first)
        var probabilities = vector.probabilities
        XCTAssertTrue(vector.matches(probabilities))
        probabilities[1] += 2 * vector.tolerance + 0.001
        XCTAssertFalse(vector.matches(probabilities))
        probabilities[1] = .nan
        XCTAssertFalse(vector.matches(probabilities))
    }

    func testADamagedRowIsRefused() {
        let text = "index,label,tolerance,p0,p1,pixels\n3,0,0.1,0.5,0.5,00ff\n"
        XCTAssertThrowsError(try readGoldenVectors(text, pixelCount: 3))
        XCTAssertEqual(try readGoldenVectors(text, pixelCount: 2).first?.pixels, [0, 255])
    }

    func testTheContractHasALabelForEachProbability() throws {
        let labels = try readContract().labels
        XCTAssertTrue(try readVectors().allSatisfy { $0.probabilities.count == labels.count })
    }

    private func readContract() throws -> ModelContract {
        try ModelContract(json: Data(contentsOf: resource("contract.json")))
    }

    private func readVectors() throws -> [GoldenVector] {
        let text = try String(contentsOf: resource("golden.csv"), encoding: .utf8)
        return try readGoldenVectors(text, pixelCount: readContract().input.pixelCount)
    }
}
