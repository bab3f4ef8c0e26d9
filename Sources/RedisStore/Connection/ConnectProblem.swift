import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Words for what the network says.
enum ConnectProblem {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return describe(first.error) }
            return "the host is not known"
        case ChannelError.connectTimeout: return "no answer in time"
        case let error as IOError: return describe(error)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: return describeTLS(error)
        default: return "\(error)"
        }
    }

    private static func describe(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "the connection was refused"
        case ECONNRESET, EPIPE: "the connection was reset"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case EMFILE, ENFILE: "this process has too many files open"
        default: "\(error)"
        }
    }

    private static func describeTLS(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "the server's certificate is not trusted" }
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname { return "the server's certificate is for another host" }
        if text.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS" }
        return "TLS failed: \(text)"
    }
}
