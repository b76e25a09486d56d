/// A stand-in for ONNX Runtime's Objective-C binding, as Swift sees it: the same names, over the runtime's own library.
///
/// The environment's ONNXRUNTIME is the path of libonnxruntime.so. What is used of it is named by its position in
/// OrtApi, the library's table of functions, which only ever grows at the end.
import Foundation

public struct ORTError: Error {
    public let words: String
}

public enum ORTLoggingLevel: Int32 {
    case verbose, info, warning, error, fatal
}

public enum ORTTensorElementDataType: Int32 {
    case float = 1
    case uInt8 = 2
    case int8 = 3

    fileprivate var size: Int { self == .float ? 4 : 1 }
}

public final class ORTEnv {
    fileprivate let handle: OpaquePointer

    public init(loggingLevel: ORTLoggingLevel) throws {
        typealias Create = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Status
        handle = try make { api.at(3, as: Create.self)(loggingLevel.rawValue, "digits", $0) }
    }
}

public final class ORTSessionOptions {
    fileprivate let handle: OpaquePointer

    public init() throws {
        typealias Create = @convention(c) (UnsafeMutablePointer<OpaquePointer?>) -> Status
        handle = try make { api.at(10, as: Create.self)($0) }
    }

    public func setIntraOpNumThreads(_ threads: Int32) throws {
        try check(api.at(24, as: (@convention(c) (OpaquePointer, Int32) -> Status).self)(handle, threads))
    }
}

public final class ORTRunOptions {}

public final class ORTValue {
    fileprivate let handle: OpaquePointer
    private let kept: NSMutableData?

    /// The value reads the data in place.
    public init(tensorData: NSMutableData, elementType: ORTTensorElementDataType, shape: [NSNumber]) throws {
        typealias Create = @convention(c) (
            OpaquePointer, UnsafeMutableRawPointer, Int, UnsafePointer<Int64>, Int, Int32,
            UnsafeMutablePointer<OpaquePointer?>
        ) -> Status
        typealias CreateMemory = @convention(c) (Int32, Int32, UnsafeMutablePointer<OpaquePointer?>) -> Status
        let memory = try make { api.at(69, as: CreateMemory.self)(0, 0, $0) }
        let sizes = shape.map(\.int64Value)
        let expected = sizes.reduce(Int64(elementType.size), *)
        guard tensorData.length == expected else {
            throw ORTError(words: "\(tensorData.length) bytes for a tensor of \(expected)")
        }
        kept = tensorData
        handle = try make {
            api.at(49, as: Create.self)(
                memory, tensorData.mutableBytes, tensorData.length, sizes, sizes.count, elementType.rawValue, $0)
        }
    }

    fileprivate init(_ handle: OpaquePointer) {
        self.handle = handle
        kept = nil
    }

    public func tensorData() throws -> NSMutableData {
        typealias Read = @convention(c) (OpaquePointer, UnsafeMutablePointer<OpaquePointer?>) -> Status
        typealias ReadType = @convention(c) (OpaquePointer, UnsafeMutablePointer<Int32>) -> Status
        typealias ReadCount = @convention(c) (OpaquePointer, UnsafeMutablePointer<Int>) -> Status
        let shape = try make { api.at(65, as: Read.self)(handle, $0) }
        var (type, count): (Int32, Int) = (0, 0)
        try check(api.at(60, as: ReadType.self)(shape, &type))
        try check(api.at(64, as: ReadCount.self)(shape, &count))
        let bytes = try make { api.at(51, as: Read.self)(handle, $0) }
        guard let element = ORTTensorElementDataType(rawValue: type) else { throw ORTError(words: "type \(type)") }
        return NSMutableData(bytes: UnsafeRawPointer(bytes), length: count * element.size)
    }
}

public final class ORTSession {
    private let handle: OpaquePointer
    private let env: ORTEnv

    public init(env: ORTEnv, modelPath: String, sessionOptions: ORTSessionOptions?) throws {
        typealias Create = @convention(c) (
            OpaquePointer, UnsafePointer<CChar>, OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>
        ) -> Status
        self.env = env
        handle = try make { api.at(7, as: Create.self)(env.handle, modelPath, sessionOptions?.handle, $0) }
    }

    /// One input and one output, which is all that the kit has.
    public func run(
        withInputs inputs: [String: ORTValue], outputNames: Set<String>, runOptions: ORTRunOptions?
    ) throws -> [String: ORTValue] {
        typealias Name = UnsafePointer<CChar>?
        typealias Run = @convention(c) (
            OpaquePointer, OpaquePointer?, UnsafePointer<Name>, UnsafePointer<OpaquePointer?>, Int,
            UnsafePointer<Name>, Int, UnsafeMutablePointer<OpaquePointer?>
        ) -> Status
        guard let (name, value) = inputs.first, let outputName = outputNames.first else { return [:] }
        let output = try name.withCString { input in
            try outputName.withCString { output in
                try make { api.at(9, as: Run.self)(handle, nil, [input], [value.handle], 1, [output], 1, $0) }
            }
        }
        return [outputName: ORTValue(output)]
    }
}

private typealias Status = OpaquePointer?

/// ONNX Runtime's table of functions.
private struct API {
    let table: UnsafePointer<UnsafeRawPointer>

    func at<Function>(_ position: Int, as type: Function.Type) -> Function {
        unsafeBitCast(table[position], to: type)
    }
}

nonisolated(unsafe) private let api = openLibrary()

private func openLibrary() -> API {
    let path = ProcessInfo.processInfo.environment["ONNXRUNTIME"] ?? "libonnxruntime.so"
    guard let library = dlopen(path, RTLD_NOW), let symbol = dlsym(library, "OrtGetApiBase") else {
        fatalError(String(cString: dlerror()))
    }
    typealias GetBase = @convention(c) () -> UnsafePointer<UnsafeRawPointer>
    typealias GetAPI = @convention(c) (UInt32) -> UnsafePointer<UnsafeRawPointer>
    let base = unsafeBitCast(symbol, to: GetBase.self)()
    return API(table: unsafeBitCast(base[0], to: GetAPI.self)(1))
}

private func check(_ status: Status) throws {
    guard let status else { return }
    let read = api.at(2, as: (@convention(c) (OpaquePointer) -> UnsafePointer<CChar>).self)
    throw ORTError(words: String(cString: read(status)))
}

private func make(_ create: (UnsafeMutablePointer<OpaquePointer?>) -> Status) throws -> OpaquePointer {
    var made: OpaquePointer?
    try check(create(&made))
    return made!
}
