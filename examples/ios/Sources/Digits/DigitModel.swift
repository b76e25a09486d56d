import Combine
import Foundation

/// A drawing and the model's answer to it, anew after each touch: the app without its screen.
@MainActor
public final class DigitModel: ObservableObject {
    /// Each stroke is the places that the pen went through.
    @Published public private(set) var strokes: [[Point]] = []
    /// To the drawing; nil while it is empty.
    @Published public private(set) var answer: Answer?
    /// What keeps the model from answering, in words; nil if nothing does.
    @Published public private(set) var errorMessage: String?

    public let labels: [String]
    private let picture: ModelContract.Picture
    private let classify: ([UInt8]) throws -> Answer

    /// - Parameters:
    ///   - labels: the name of each class.
    ///   - picture: what the model takes, as its contract says.
    ///   - classify: answers to the pixels of an image, as `DigitClassifier.classify` does.
    public init(
        labels: [String],
        picture: ModelContract.Picture = .digit,
        classify: @escaping ([UInt8]) throws -> Answer
    ) {
        self.labels = labels
        self.picture = picture
        self.classify = classify
    }

    /// Opens the model in this package's resources, and answers nothing if it computes others than the proven answers:
    /// then it prints what it answers to the golden vectors.
    public convenience init() {
        do {
            let classifier = try DigitClassifier()
            let test = try classifier.selfTest()
            guard test.passed else {
                try classifier.writeAnswers().forEach { print($0) }
                throw DigitError.selfTestFailed(test)
            }
            let contract = classifier.contract
            self.init(labels: contract.labels, picture: contract.picture ?? .digit, classify: classifier.classify)
        } catch {
            self.init(labels: []) { _ in throw error }
            errorMessage = error.localizedDescription
        }
    }

    /// Puts the pen down: a touch alone is a dot.
    public func beginStroke(_ point: Point) {
        strokes.append([point])
        update()
    }

    /// Moves the pen on. Does nothing before the first stroke.
    public func extendStroke(_ point: Point) {
        guard !strokes.isEmpty else { return }
        strokes[strokes.count - 1].append(point)
        update()
    }

    /// Takes back the last stroke, if there is one.
    public func undo() {
        _ = strokes.popLast()
        update()
    }

    public func clear() {
        strokes = []
        update()
    }

    private func update() {
        guard !strokes.isEmpty else {
            answer = nil
            return
        }
        do {
            let rgba = Raster(strokes).rgba
            let pixels = try preparePicture(rgba, width: Raster.size, height: Raster.size, as: picture.ofDrawing)
            answer = try classify(pixels)
        } catch {
            errorMessage = error.localizedDescription
        }
    }
}
