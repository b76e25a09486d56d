import Foundation

extension ModelContract.Input {
    /// The input value of each of the 256 pixel bytes: there are no others.
    ///
    /// In double, so that pixel · 255 / 255 is the pixel; halves are rounded to the even number, as NumPy does.
    public func makeTable() -> [Double] {
        (0..<256).map { pixel in
            let real = range[0] + Double(pixel) * (range[1] - range[0]) / 255
            let stored = scale.map { (real / $0).rounded(.toNearestOrEven) + Double(zeroPoint ?? 0) } ?? real
            guard let limits = dtype.limits else { return stored }
            return min(max(stored.rounded(.toNearestOrEven), limits.lowerBound), limits.upperBound)
        }
    }

    /// Turns pixels into the bytes of the input tensor, in this machine's byte order.
    ///
    /// - Parameters:
    ///   - pixels: those of one image, row by row, 0 (black) to 255 (white).
    ///   - table: what `makeTable` gave.
    public func encode(_ pixels: [UInt8], table: [Double]) -> Data {
        let values = pixels.map { table[Int($0)] }
        switch dtype {
        case .float32: return values.map(Float.init).withUnsafeBufferPointer { Data(buffer: $0) }
        case .uint8: return Data(values.map { UInt8($0) })
        case .int8: return Data(values.map { UInt8(bitPattern: Int8($0)) })
        }
    }
}

extension ModelContract.Output {
    /// Reads the stored values of an answer.
    ///
    /// - Parameter bytes: of the output tensor, in this machine's byte order.
    public func readScores(_ bytes: Data) -> [Float] {
        switch dtype {
        case .float32:
            var scores = [Float](repeating: 0, count: bytes.count / MemoryLayout<Float>.size)
            _ = scores.withUnsafeMutableBytes { bytes.copyBytes(to: $0) }
            return scores
        case .uint8: return bytes.map { Float($0) }
        case .int8: return bytes.map { Float(Int8(bitPattern: $0)) }
        }
    }

    /// Turns stored values into probabilities, in float arithmetic.
    public func decode(_ scores: [Float]) -> [Float] {
        let real = scale.map { step in scores.map { ($0 - Float(zeroPoint ?? 0)) * Float(step) } } ?? scores
        return kind == .logits ? softmax(real) : real
    }
}

/// The largest logit is taken from all of them first: its power is 1, and none is too large for a float.
private func softmax(_ logits: [Float]) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}

extension ModelContract.DataType {
    /// The smallest and the largest whole number; nil for floats.
    fileprivate var limits: ClosedRange<Double>? {
        switch self {
        case .float32: return nil
        case .uint8: return 0...255
        case .int8: return -128...127
        }
    }
}
