// Reads drawings (width, height, RGBA) from a file and writes the digits into another: see tests/drawings/draw.py.
import Digits
import Foundation

let drawings = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1])))
var digits = Data()
var place = 0

func readSize(_ place: Int) -> Int {
    (0..<4).reduce(0) { $0 + Int(drawings[place + $1]) << (8 * $1) }
}

while place < drawings.count {
    let (width, height) = (readSize(place), readSize(place + 4))
    let end = place + 8 + 4 * width * height
    digits.append(contentsOf: prepareDigit(Array(drawings[(place + 8)..<end]), width: width, height: height))
    place = end
}
try digits.write(to: URL(fileURLWithPath: CommandLine.arguments[2]))
