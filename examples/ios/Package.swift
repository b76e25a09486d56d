// swift-tools-version: 5.9

import PackageDescription

let package = Package(
    name: "Digits",
    platforms: [.iOS(.v16), .macOS(.v14)],
    products: [
        .library(name: "Digits", targets: ["Digits"])
    ],
    dependencies: [
        .package(url: "https://github.com/microsoft/onnxruntime-swift-package-manager", from: "1.20.0")
    ],
    targets: [
        .target(
            name: "Digits",
            dependencies: [.product(name: "onnxruntime", package: "onnxruntime-swift-package-manager")],
            resources: [.process("Resources")]  // .copy would keep a folder, which iOS refuses to sign
        ),
        .testTarget(name: "DigitsTests", dependencies: ["Digits"]),
    ]
)
