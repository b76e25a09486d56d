// swift-tools-version: 5.9

// The iOS kit without Xcode: its sources and tests as they are, but for SwiftUI's, on any machine with Swift.
// The stand-ins are for Apple's Combine and for ONNX Runtime's binding; behind that is the real ONNX Runtime.

import PackageDescription

let package = Package(
    name: "Digits",
    targets: [
        .target(name: "OnnxRuntimeBindings"),
        .target(name: "Combine"),
        .target(
            name: "Digits",
            dependencies: ["OnnxRuntimeBindings", "Combine"],
            exclude: ["DigitView.swift"],
            resources: [.process("Resources")]
        ),
        .executableTarget(name: "Prepare", dependencies: ["Digits"]),
        .testTarget(name: "DigitsTests", dependencies: ["Digits"]),
    ]
)
