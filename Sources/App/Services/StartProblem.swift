import Content
import Foundation
import Rendering

/// Why the server does not start, for the person who started it.
enum StartProblem: Error, CustomStringConvertible {
    case settings(SettingProblems)
    case folder(SettingKey, String, FolderUnreadable)
    case templates(TemplateProblems)
    case data(String, any Error)
    case generations(GenerationStore.Failure)
    case redis(any Error)
    case database(SettingKey, any Error)
    case portInUse(Int, String)
    case portForbidden(Int)
    case address(String, Int, any Error)

    /// Foundation's errors print everything they hold; what the system said is what helps.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        guard let system = underlying.map({ $0 as NSError }), system.domain == NSPOSIXErrorDomain else {
            return "\(error)"
        }
        return String(cString: strerror(Int32(clamping: system.code)))
    }

    var description: String {
        switch self {
        case .settings(let problems): problems.description
        case .folder(let key, let value, let error):
            "\(key.rawValue)=\(value): \(error.reason) (\(error.folder)); name a folder that can be read, or start from the folder that holds it"
        case .templates(let problems): problems.description
        case .data(let value, let error):
            "\(SettingKey.data.rawValue)=\(value): \(Self.reason(error)); name a folder that can be written"
        case .generations(let failure): failure.description
        case .redis(let error): "\(SettingKey.redis.rawValue)=(hidden): \(error); correct it"
        case .database(let key, let error): "\(key.rawValue)=(hidden): \(error)"
        case .portInUse(let port, let hostname):
            "\(SettingKey.port.rawValue)=\(port): another program listens on \(hostname):\(port); stop it, or choose another port"
        case .portForbidden(let port):
            "\(SettingKey.port.rawValue)=\(port): this user may not listen there; choose a port from 1024 up"
        case .address(let hostname, let port, let error):
            "\(SettingKey.hostname.rawValue)=\(hostname): cannot listen on \(hostname):\(port): \(error); name an address of this machine"
        }
    }
}
