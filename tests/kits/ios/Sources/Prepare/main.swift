// Reads drawings (width, height, RGBA) from a file and writes the images of each preparation into another: see
// tests/drawings/draw.py.
import Digits
import Foundation

let pictures: [ModelContract.Picture] = [
    .init(preparation: .digit, ink: .bright),
    .init(preparation: .digit, ink: .dark),
    .init(preparation: .fit, ink: .any),
    .init(preparation: .fit, ink: .bright),
    .init(preparation: .fit, ink: .dark),
]
let drawings = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1])))
var images = Data()
var place = 0

func readSize(_ place: Int) -> Int {
    (0..<4).reduce(0) { $0 + Int(drawings[place + $1]) << (8 * $1) }
}

while place < drawings.count {
    let (width, height) = (readSize(place), readSize(place + 4))
    let end = place + 8 + 4 * width * height
    let rgba = Array(drawings[(place + 8)..<end])
    for picture in pictures {
        images.append(contentsOf: try preparePicture(rgba, width: width, height: height, as: picture))
    }
    place = end
}
try images.write(to: URL(fileURLWithPath: CommandLine.arguments[2]))
