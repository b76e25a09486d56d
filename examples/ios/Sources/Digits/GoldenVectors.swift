import Foundation

/// One row of `golden.csv`: a test image and what the model must answer.
public struct GoldenVector {
    /// The image's place in the test set.
    public let index: Int
    /// The class that the image is of.
    public let label: Int
    /// How far a probability may be off.
    public let tolerance: Float
    /// The expected probabilities, one a class.
    public let probabilities: [Float]
    /// Of the image, row by row.
    public let pixels: [UInt8]

    /// True if an answer is the expected one, but for rounding. NaN never is.
    public func matches(_ found: [Float]) -> Bool {
        found.count == probabilities.count && zip(found, probabilities).allSatisfy { abs($0 - $1) <= tolerance }
    }
}

/// How a self-test went.
public struct SelfTest: Equatable {
    public let images: Int
    /// How many gave the expected probabilities.
    public let matching: Int
    /// How many gave the right class.
    public let right: Int

    public var passed: Bool { images > 0 && matching == images }

    public init(images: Int, matching: Int, right: Int) {
        self.images = images
        self.matching = matching
        self.right = right
    }
}

/// Reads `golden.csv`: a header `index,label,tolerance,p0,…,pixels`, then a row an image.
///
/// - Parameters:
///   - text: of that file.
///   - pixelCount: how many pixels an image has.
/// - Throws: `DigitError.damagedVector` if a row isn't one.
public func readGoldenVectors(_ text: String, pixelCount: Int) throws -> [GoldenVector] {
    try text.split(separator: "\n").dropFirst().enumerated().map { index, row in
        guard let vector = parseRow(row, pixelCount) else { throw DigitError.damagedVector(index + 1) }
        return vector
    }
}

private func parseRow(_ row: Substring, _ pixelCount: Int) -> GoldenVector? {
    let fields = row.split(separator: ",")
    guard fields.count > 4, let index = Int(fields[0]), let label = Int(fields[1]), let tolerance = Float(fields[2])
    else { return nil }
    let probabilities = fields[3..<(fields.count - 1)].compactMap { Float($0) }
    let pixels = parseHex(fields[fields.count - 1])
    guard probabilities.count == fields.count - 4, pixels.count == pixelCount else { return nil }
    return GoldenVector(
        index: index, label: label, tolerance: tolerance, probabilities: probabilities, pixels: pixels)
}

private func parseHex(_ digits: Substring) -> [UInt8] {
    let nibbles = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: nibbles.count - 1, by: 2).map { UInt8(16 * nibbles[$0] + nibbles[$0 + 1]) }
}

extension DigitClassifier {
    /// Classifies the golden vectors and holds the answers against the expected ones.
    public func selfTest(_ vectors: [GoldenVector]) throws -> SelfTest {
        let answers = try vectors.map { ($0, try classify($0.pixels)) }
        return SelfTest(
            images: vectors.count,
            matching: answers.filter { $0.matches($1.probabilities) }.count,
            right: answers.filter { $0.label == $1.best }.count
        )
    }

    /// Writes what the model answers to the golden vectors, a line each: `edgemnist diff` compares them with its answers
    /// on another machine. `DigitModel` prints them where the self-test fails.
    public func writeAnswers() throws -> [String] {
        let text = try String(contentsOf: resource("golden.csv"), encoding: .utf8)
        let vectors = try readGoldenVectors(text, pixelCount: contract.input.pixelCount)
        let head = [
            "model=b0e609b3c3ea0e5e8c7d7048a10a8cbb6a374a344145da4a1d1620c282ce61bf",
            "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2",
            "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=ios",
        ]
        return try ["answers: " + head.joined(separator: " ")]
            + vectors.map { vector -> String in
                let found = try classify(vector.pixels).probabilities.map { "\($0)" }
                return "answers: \(vector.index) " + found.joined(separator: " ")
            }
    }

    /// Classifies the golden vectors in this package's resources.
    public func selfTest() throws -> SelfTest {
        let text = try String(contentsOf: resource("golden.csv"), encoding: .utf8)
        return try selfTest(readGoldenVectors(text, pixelCount: contract.input.pixelCount))
    }
}
