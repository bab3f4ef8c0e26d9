import CLibFuzzer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Something of the product that takes whatever comes; `FUZZ_TARGET` names the one to run.
struct FuzzTarget: Sendable {
    let name: String
    /// Ends the program where a promise is broken.
    let check: @Sendable ([UInt8]) -> Void

    static let all = [
        FuzzTarget(name: "request-head", check: checkRequestHead),
        FuzzTarget(name: "url-decoding", check: checkURLDecoding),
        FuzzTarget(name: "cookies", check: checkCookies),
        FuzzTarget(name: "accept-encoding", check: checkAcceptEncoding),
        FuzzTarget(name: "range", check: checkRange),
        FuzzTarget(name: "front-matter", check: checkFrontMatter),
        FuzzTarget(name: "markdown", check: checkMarkdown),
    ]

    static let chosen: FuzzTarget = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        if let target = all.first(where: { $0.name == name }) { return target }
        print("fuzz: set FUZZ_TARGET to one of \(all.map(\.name).joined(separator: ", "))")
        exit(64)
    }()
}

@main
enum Fuzz {
    /// Takes libFuzzer's own arguments.
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments, fuzzOneInput))
    }
}

/// Called by libFuzzer with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Ends the program, so that libFuzzer keeps the input, unless the product keeps this promise.
func expect(_ holds: Bool, _ promise: @autoclosure () -> String) {
    if !holds { fatalError("broken: \(promise())") }
}
