/// Every setting, as `landing serve --help` and the README list it.
public enum SettingKey: String, CaseIterable, Sendable {
    case port = "PORT"
    case hostname = "HOSTNAME"
    case content = "LANDING_CONTENT"
    case templates = "LANDING_TEMPLATES"
    case publicFolder = "LANDING_PUBLIC"
    case data = "LANDING_DATA"
    case publish = "LANDING_PUBLISH"
    case origin = "LANDING_ORIGIN"
    case trustedProxies = "LANDING_TRUSTED_PROXIES"
    case metricsToken = "LANDING_METRICS_TOKEN"
    case accountStore = "ACCOUNT_STORE"
    case mongodb = "MONGODB_URI"
    case postgres = "POSTGRES_URI"
    case signUp = "LANDING_SIGN_UP"
    case redis = "REDIS_URL"
    case gateway = "GATEWAY_URL"
    case gatewayToken = "GATEWAY_AUTH_TOKEN"
    case gatewayTokenFile = "GATEWAY_AUTH_TOKEN_FILE"
    case gatewayRate = "LANDING_GATEWAY_RATE"
    case cacheBytes = "LANDING_CACHE_BYTES"
    case log = "LANDING_LOG"

    public var defaultText: String {
        switch self {
        case .port: "3000"
        case .hostname: "127.0.0.1"
        case .content: "content"
        case .templates: "Templates"
        case .publicFolder: "Public"
        case .data: "data"
        case .publish: "live"
        case .origin: "http://127.0.0.1:PORT"
        case .trustedProxies, .metricsToken, .redis, .mongodb, .postgres, .gatewayToken, .gatewayTokenFile: "none"
        case .gateway: "http://127.0.0.1:18789"
        case .gatewayRate: "1"
        case .accountStore: "mongodb if its URI is set, then postgres, then sqlite"
        case .signUp: "closed"
        case .cacheBytes: "67108864"
        case .log: "auto"
        }
    }

    /// Whether the value may not be shown.
    var isSecret: Bool { [.metricsToken, .redis, .mongodb, .postgres, .gatewayToken].contains(self) }

    /// One sentence without a full stop.
    public var meaning: String {
        switch self {
        case .port: "TCP port to listen on, 0 to 65535; 0 takes any free one"
        case .hostname: "address to listen on; counts only if it is an IP address or `localhost`, since shells set it to the machine's name"
        case .content: "folder of Markdown notes"
        case .templates: "folder of Mustache templates"
        case .publicFolder: "folder of files that are served as they are"
        case .data: "folder for everything durable, and for what makes the next start quick; made if it is missing"
        case .publish: "`live`: a saved file is public as soon as it is rendered; `apply`: what is public changes only with `landing apply`"
        case .origin: "the site's own address as browsers see it: scheme, host and port"
        case .trustedProxies: "addresses and networks whose `X-Forwarded-For` is believed, such as `127.0.0.1, 10.0.0.0/8`"
        case .metricsToken: "secret that lets other machines read `/api/metrics` and `/api/site`, at least 16 characters"
        case .accountStore: "where accounts and sessions are kept: `sqlite` (in `LANDING_DATA`), `mongodb` or `postgres`"
        case .mongodb: "MongoDB: `mongodb://user:password@host:27017/database`, replica sets too"
        case .postgres: "PostgreSQL: `postgres://user:password@host:5432/database`; keeps the audit trail whenever it is set"
        case .signUp: "who may make an account: `open` (anybody), `invite` or `closed` (both: people who were invited by an administrator)"
        case .redis: "Redis that replicas share rendered pages in: `redis://` or `rediss://`, with `user:password@` and `/database` if needed"
        case .gateway: "the OpenClaw gateway: scheme, host and port"
        case .gatewayToken: "the gateway's shared secret (its `gateway.auth.token`); never leaves this program but towards the gateway"
        case .gatewayTokenFile: "file that holds the gateway's shared secret, instead of `GATEWAY_AUTH_TOKEN`"
        case .gatewayRate: "how many times the calls of the gateway that one person may make in a minute, 1 to 1000"
        case .cacheBytes: "memory for rendered pages in bytes, 64 MiB if not set; 0 renders each page anew for each request"
        case .log: "`json`, `text`, or `auto`: text on a terminal, else JSON"
        }
    }
}
