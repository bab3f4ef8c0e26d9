/// Which store owns users, sessions, one-time links and events. There is one owner: nothing is written twice.
enum AccountStoreChoice: String, Sendable, CaseIterable {
    case sqlite
    case mongodb
    case postgres
}
