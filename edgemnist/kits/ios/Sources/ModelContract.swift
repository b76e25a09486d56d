import Foundation

/// What a model takes and what it gives: `contract.json`, the document inside the model file.
///
/// - real value = low + pixel · (high − low) / 255
/// - stored value = round(real / scale) + zero point, for quantized inputs only
/// - real answer = (stored − zero point) · scale, for quantized outputs only
/// - probability = real answer, or its softmax where the kind is `logits`
public struct ModelContract: Decodable {
    public let input: Input
    public let output: Output
    /// The name of each class, in the order of the answers.
    public let labels: [String]
    /// What a picture becomes before its pixels are the input, see `preparePicture`; nil for `Picture.digit`.
    public let picture: Picture?

    /// How a picture of any size becomes an image.
    public struct Picture: Decodable, Equatable {
        public let preparation: Preparation
        /// Of the image, whichever the picture has.
        public let ink: Ink

        public init(preparation: Preparation, ink: Ink) {
            self.preparation = preparation
            self.ink = ink
        }

        /// MNIST's own form: white ink on black.
        public static let digit = Picture(preparation: .digit, ink: .bright)

        /// The same for a drawing, which is larger than an image: it is scaled where pictures are taken as they are.
        public var ofDrawing: Picture { preparation == .none ? Picture(preparation: .fit, ink: ink) : self }
    }

    /// In MNIST's own form, centred by its mass; scaled whole; or taken as it is.
    public enum Preparation: String, Decodable {
        case digit, fit, none
    }

    /// Bright ink on dark paper, dark ink on bright paper, or the picture's own.
    public enum Ink: String, Decodable {
        case bright, dark, any
    }

    /// What the model takes.
    public struct Input: Decodable {
        public let name: String
        public let dtype: DataType
        /// Of one image, without the batch.
        public let shape: [Int]
        /// The real values that pixels 0 and 255 stand for.
        public let range: [Double]
        /// In real units a step; nil if the input isn't quantized.
        public let scale: Double?
        /// The stored value that stands for real 0.
        public let zeroPoint: Int?

        /// How many pixels an image has.
        public var pixelCount: Int { shape.reduce(1, *) }
    }

    /// What the model answers: one value a class.
    public struct Output: Decodable {
        public let name: String
        public let dtype: DataType
        public let kind: Kind
        public let scale: Double?
        public let zeroPoint: Int?
    }

    /// Of a tensor's stored values.
    public enum DataType: String, Decodable {
        case float32, uint8, int8
    }

    /// What an output's real values are.
    public enum Kind: String, Decodable {
        case probabilities, logits
    }

    /// Reads a contract.
    ///
    /// - Throws: `DecodingError` if it isn't one, or of a model that this classifier has no encoding for.
    public init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(ModelContract.self, from: json)
    }
}
