import SwiftUI

/// The one screen: a drawing, what the model takes it for, and how probable it finds each class.
@MainActor
public struct DigitView: View {
    @StateObject private var model = DigitModel()

    public init() {}

    public var body: some View {
        if let message = model.errorMessage {
            Text(message).padding()
        } else {
            VStack(spacing: 12) {
                Text(describeAnswer()).font(.largeTitle)
                DrawingView(model: model)
                buttons
                BarsView(labels: model.labels, probabilities: model.answer?.probabilities)
            }
            .padding()
        }
    }

    private var buttons: some View {
        HStack(spacing: 32) {
            Button("Undo") { model.undo() }
            Button("Clear") { model.clear() }
        }
        .disabled(model.strokes.isEmpty)
    }

    private func describeAnswer() -> String {
        guard let answer = model.answer else { return "Draw here" }
        return "\(answer.label): \(describePercent(answer.probabilities[answer.best]))"
    }
}

/// A square to draw in with a finger: tells the model each touch, and shows its strokes.
@MainActor
struct DrawingView: View {
    @ObservedObject var model: DigitModel
    @State private var isDown = false

    var body: some View {
        GeometryReader { geometry in
            let side = min(geometry.size.width, geometry.size.height)
            Canvas { context, size in
                for stroke in model.strokes {
                    let style = StrokeStyle(lineWidth: pen * size.width, lineCap: .round, lineJoin: .round)
                    context.stroke(makePath(stroke, size.width), with: .color(.primary), style: style)
                }
            }
            .frame(width: side, height: side)
            .border(.secondary)
            .contentShape(Rectangle())
            .gesture(drawing(side))
            .frame(maxWidth: .infinity, maxHeight: .infinity)
        }
        .accessibilityElement()
        .accessibilityLabel("Drawing area")
        .accessibilityAddTraits(.allowsDirectInteraction)
    }

    private func drawing(_ side: CGFloat) -> some Gesture {
        DragGesture(minimumDistance: 0)
            .onChanged { touch in
                let point = Point(x: touch.location.x / side, y: touch.location.y / side)
                if isDown {
                    model.extendStroke(point)
                } else {
                    model.beginStroke(point)
                }
                isDown = true
            }
            .onEnded { _ in isDown = false }
    }

    private func makePath(_ stroke: [Point], _ side: CGFloat) -> Path {
        let places = stroke.map { CGPoint(x: $0.x * side, y: $0.y * side) }
        return Path { path in
            path.move(to: places[0])
            // A line to the same place is what draws the dot of a single touch.
            path.addLines([places[0]] + places)
        }
    }
}

/// A bar for each class, as long as the model finds it probable.
@MainActor
struct BarsView: View {
    let labels: [String]
    let probabilities: [Float]?

    var body: some View {
        ScrollView {
            LazyVGrid(columns: [GridItem(.adaptive(minimum: 240))], spacing: 8) {
                ForEach(labels.indices, id: \.self, content: makeRow)
            }
        }
    }

    private func makeRow(_ index: Int) -> some View {
        let probability = probabilities?[index] ?? 0
        return HStack {
            Text(labels[index]).frame(minWidth: 24, alignment: .leading)
            ProgressView(value: min(max(probability, 0), 1))
            Text(describePercent(probability)).monospacedDigit().frame(minWidth: 56, alignment: .trailing)
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(labels[index])
        .accessibilityValue(describePercent(probability))
    }
}

private func describePercent(_ probability: Float) -> String {
    "\(Int((100 * probability).rounded())) %"
}
