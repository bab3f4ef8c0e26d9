/// When a change of the files becomes public.
enum PublishMode: String, Sendable {
    /// As soon as it is rendered.
    case live
    /// With `landing apply`.
    case apply
}
