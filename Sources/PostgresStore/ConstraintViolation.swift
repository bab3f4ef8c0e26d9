/// A row would break a rule of its table.
enum ConstraintViolation: Error {
    /// Another row has the same.
    case taken
    /// What the row belongs to is not there.
    case orphaned

    init?(_ failure: PostgresFailure) {
        switch failure.state {
        case "23505": self = .taken
        case "23503": self = .orphaned
        default: return nil
        }
    }
}
