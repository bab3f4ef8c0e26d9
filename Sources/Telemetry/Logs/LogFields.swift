import Logging

/// The metadata of one log line.
struct LogFields {
    let values: Logger.Metadata

    /// The event's own values come before those of the provider, these before the handler's.
    init(_ event: LogEvent, handler: Logger.Metadata, provider: Logger.MetadataProvider?) {
        var values = handler
        if let provided = provider?.get(), !provided.isEmpty { values.merge(provided) { $1 } }
        if let own = event.metadata, !own.isEmpty { values.merge(own) { $1 } }
        if let error = event.error {
            values["error.message"] = .string("\(error)")
            values["error.type"] = .string(String(reflecting: type(of: error)))
        }
        self.values = values
    }

    var sorted: [(key: String, value: Logger.MetadataValue)] { values.sorted { $0.key < $1.key } }
}
