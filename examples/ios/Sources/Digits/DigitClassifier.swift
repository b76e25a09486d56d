import Foundation
import OnnxRuntimeBindings

/// What the model says to one image.
public struct Answer {
    /// What it answered, one stored value a class.
    public let scores: [Float]
    /// What they mean, one a class, 0 to 1.
    public let probabilities: [Float]
    /// The class with the largest probability.
    public let best: Int
    /// The name of that class.
    public let label: String
}

/// Classifies images with an ONNX model, one at a time, on one thread.
public final class DigitClassifier {
    public let contract: ModelContract
    private let environment: ORTEnv
    private let session: ORTSession
    private let table: [Double]

    /// - Parameters:
    ///   - model: the `.onnx` file.
    ///   - contract: what it takes and gives.
    /// - Throws: ONNX Runtime's error if it can't read the model.
    public init(model: URL, contract: ModelContract) throws {
        self.contract = contract
        setenv("ORT_DISABLE_TELEMETRY", "1", 0)  // else newer ONNX Runtimes report each model that runs to their vendor
        environment = try ORTEnv(loggingLevel: .warning)
        let options = try ORTSessionOptions()
        try options.setIntraOpNumThreads(1)
        session = try ORTSession(env: environment, modelPath: model.path, sessionOptions: options)
        table = contract.input.makeTable()
    }

    /// Opens the model in this package's resources.
    public convenience init() throws {
        let contract = try ModelContract(json: Data(contentsOf: resource("contract.json")))
        try self.init(model: resource("small_int8.onnx"), contract: contract)
    }

    /// Makes an image of a picture, of the kind that the model was trained on.
    ///
    /// - Parameter rgba: four bytes a pixel, row by row.
    /// - Throws: `DigitError` if the model takes pictures of one size only, and this one has another.
    public func prepare(_ rgba: [UInt8], width: Int, height: Int) throws -> [UInt8] {
        try preparePicture(rgba, width: width, height: height, as: contract.picture ?? .digit)
    }

    /// Classifies one image.
    ///
    /// - Parameter pixels: as many bytes as an image has pixels, row by row, 0 (black) to 255 (white), as `prepare`
    ///   gives them.
    /// - Throws: `DigitError`, or ONNX Runtime's error if it stops inside the model.
    public func classify(_ pixels: [UInt8]) throws -> Answer {
        let expected = contract.input.pixelCount
        guard pixels.count == expected else { throw DigitError.wrongSize(pixels.count, expected: expected) }
        let scores = try run(contract.input.encode(pixels, table: table))
        let probabilities = contract.output.decode(scores)
        guard probabilities.count == contract.labels.count,
            let best = probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] })
        else { throw DigitError.noAnswer }
        return Answer(scores: scores, probabilities: probabilities, best: best, label: contract.labels[best])
    }

    private func run(_ values: Data) throws -> [Float] {
        let input = try ORTValue(
            tensorData: NSMutableData(data: values),
            elementType: contract.input.dtype.elementType,
            shape: [1] + contract.input.shape.map { NSNumber(value: $0) }
        )
        let outputs = try session.run(
            withInputs: [contract.input.name: input],
            outputNames: [contract.output.name],
            runOptions: nil
        )
        guard let output = outputs[contract.output.name] else { throw DigitError.noAnswer }
        return contract.output.readScores(try output.tensorData() as Data)
    }
}

/// What can go wrong beside ONNX Runtime.
public enum DigitError: LocalizedError {
    case wrongSize(Int, expected: Int)
    case wrongPicture(width: Int, height: Int)
    case noAnswer
    case damagedVector(Int)
    case selfTestFailed(SelfTest)

    public var errorDescription: String? {
        switch self {
        case .wrongSize(let count, expected: let expected):
            return "\(count) pixels, expected \(expected)"
        case .wrongPicture(width: let width, height: let height):
            return "\(width) x \(height) pixels, expected \(digitSize) x \(digitSize)"
        case .noAnswer:
            return "The model gives no score for each class."
        case .damagedVector(let row):
            return "golden.csv: row \(row) can’t be read"
        case .selfTestFailed(let test):
            return "Not to be trusted on this device: "
                + "\(test.matching) of \(test.images) test images give the expected answer."
        }
    }
}

extension ModelContract.DataType {
    fileprivate var elementType: ORTTensorElementDataType {
        switch self {
        case .float32: return .float
        case .uint8: return .uInt8
        case .int8: return .int8
        }
    }
}

/// A file of this package.
func resource(_ name: String) -> URL {
    Bundle.module.url(forResource: name, withExtension: nil)!  // part of the package: see Package.swift
}
