import FoundationEssentials
import Identity
import Rendering

extension Accounts.Visitor {
    var viewer: AccountViewer { AccountViewer(name: user.name, email: user.email.text, isAdmin: user.role == .admin) }
}

extension SessionEntry {
    init(_ session: Session, isCurrent: Bool, isNew: Bool = false) {
        let device = DeviceName(userAgent: session.userAgent)
        let kind: Kind =
            switch device.kind {
            case .desktop: .computer
            case .phone: .phone
            case .tablet: .tablet
            case .program: .program
            }
        self.init(
            id: session.id.uuidString.lowercased(), kind: kind, device: device.description, address: session.address, signedInAt: session.createdAt,
            method: session.method.words, lastSeenAt: session.lastSeenAt, endsAt: session.expiresAt, userAgent: session.userAgent,
            isCurrent: isCurrent,
            isNew: isNew)
    }
}
