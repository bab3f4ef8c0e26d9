import Foundation

/// Times are kept in whole milliseconds since 1970, the nearest one.
extension Date {
    var milliseconds: Int64 {
        // Far outside of what a calendar holds, but not of what Int64 does.
        Int64(min(max((timeIntervalSince1970 * 1000).rounded(), -1e17), 1e17))
    }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
