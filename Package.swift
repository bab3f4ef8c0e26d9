// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// For the targets that call C: a pointer is used only where the word `unsafe` stands.
let strictSettings = settings + [.strictMemorySafety(), .treatWarning("StrictMemorySafety", as: .error)]

let package = Package(
    name: "landing",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "landing", targets: ["landing"]),
        .executable(name: "gateway-simulator", targets: ["gateway-simulator"]),
        // What Tests/Fuzz, a package of its own, reaches into.
        .library(name: "Parts", targets: ["Site", "Markdown", "Content", "ContentCoding", "PageCache", "HTTPEdge", "Web"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.1.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", "4.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        .target(name: "Site", swiftSettings: settings),
        .target(name: "Identity", dependencies: ["Site"], swiftSettings: settings),
        .target(name: "BlockingCalls", dependencies: [], swiftSettings: settings),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .target(name: "Passwords", dependencies: ["Identity", "BlockingCalls", "CArgon2"], swiftSettings: strictSettings),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "QRCode", dependencies: ["CQREncode"], swiftSettings: strictSettings),
        .target(name: "CLibPQ"),
        .target(name: "PostgresStore", dependencies: ["Site", "Identity", "BlockingCalls", "CLibPQ"], swiftSettings: strictSettings),
        .target(name: "CMongoC"),
        .target(name: "MongoStore", dependencies: ["Site", "Identity", "BlockingCalls", "CMongoC"], swiftSettings: strictSettings),
        .systemLibrary(name: "CCMark", pkgConfig: "libcmark-gfm", providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .target(name: "CMarkParts"),
        .target(name: "Markdown", dependencies: ["Site", "CCMark", "CMarkParts"], swiftSettings: strictSettings),
        .systemLibrary(name: "CStatFS"),
        .target(
            name: "Content",
            dependencies: [
                "CStatFS", "Site", "ContentCoding", "Markdown",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        .target(name: "Rendering", dependencies: ["Site"], swiftSettings: settings),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "ContentCoding", dependencies: ["CZlib", "CBrotli", "CZstd"], swiftSettings: strictSettings),
        .systemLibrary(name: "CSQLiteConfig"),
        .target(
            name: "SQLiteStore",
            dependencies: ["CSQLiteConfig", "Site", "Identity", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strictSettings),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(
            name: "RedisStore",
            dependencies: [
                "CHiredis", "Identity", "PageCache",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strictSettings),
        .target(
            name: "Telemetry",
            dependencies: [
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "PageCache",
            dependencies: ["Site", "ContentCoding", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(
            name: "HTTPEdge",
            dependencies: [
                "ContentCoding", "PageCache",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(name: "JSON", swiftSettings: settings),
        .target(
            name: "Gateway",
            dependencies: [
                "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(
            name: "GatewaySimulator",
            dependencies: [
                "JSON",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "gateway-simulator",
            dependencies: [
                "GatewaySimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(
            name: "Web",
            dependencies: [
                "Site", "Identity", "JSON", "Gateway", "Rendering", "ContentCoding", "PageCache",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .systemLibrary(name: "CMalloc"),
        .target(
            name: "App",
            dependencies: [
                "CMalloc", "Site", "Identity", "JSON", "Gateway", "BlockingCalls", "Passwords", "QRCode", "PostgresStore", "MongoStore", "Content",
                "Markdown",
                "Rendering", "SQLiteStore", "RedisStore", "PageCache", "HTTPEdge", "Web", "Telemetry",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "landing", dependencies: ["App", .product(name: "ArgumentParser", package: "swift-argument-parser")], swiftSettings: settings,
            // By which a program knows itself.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--build-id=sha1"], .when(platforms: [.linux]))]),

        .target(
            name: "TestSupport",
            dependencies: [
                "CMongoC",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport", swiftSettings: settings, linkerSettings: [.linkedLibrary("mongoc-1.0"), .linkedLibrary("bson-1.0")]),
        .target(name: "StoreContracts", dependencies: ["Site", "Identity"], path: "Tests/StoreContracts", swiftSettings: settings),
        .testTarget(name: "SiteTests", dependencies: ["Site"], swiftSettings: settings),
        .testTarget(
            name: "IdentityTests", dependencies: ["Identity", "Site", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: settings),
        .testTarget(name: "BlockingCallsTests", dependencies: ["BlockingCalls", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "PasswordsTests", dependencies: ["Passwords", "Identity", "BlockingCalls"], swiftSettings: settings),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode"], swiftSettings: settings),
        .testTarget(name: "MarkdownTests", dependencies: ["Markdown", "Site"], swiftSettings: settings),
        .testTarget(name: "ContentTests", dependencies: ["Content", "Site", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "RenderingTests",
            dependencies: ["Rendering", "Content", "Site", "TestSupport", .product(name: "Mustache", package: "swift-mustache")],
            exclude: ["Golden", "Fixture"],
            swiftSettings: settings),
        .testTarget(name: "ContentCodingTests", dependencies: ["ContentCoding"], swiftSettings: settings),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: ["SQLiteStore", "Identity", "Site", "StoreContracts", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresStoreTests", dependencies: ["PostgresStore", "BlockingCalls", "Identity", "Site", "StoreContracts", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "MongoStoreTests",
            dependencies: ["MongoStore", "BlockingCalls", "Identity", "Site", "StoreContracts", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "RedisStoreTests",
            dependencies: [
                "RedisStore", "Identity", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PageCacheTests",
            dependencies: ["PageCache", "Site", "Content", "ContentCoding", .product(name: "NIOCore", package: "swift-nio")], swiftSettings: settings),
        .testTarget(
            name: "HTTPEdgeTests",
            dependencies: [
                "HTTPEdge", "PageCache", "Content", "ContentCoding", "Site", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "GatewaySimulator", "JSON", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "GatewaySimulatorTests",
            dependencies: [
                "GatewaySimulator", "JSON", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Gateway", "JSON", "HTTPEdge", "PageCache", "Content", "Rendering", "Site", "Identity", "Passwords", "BlockingCalls",
                "SQLiteStore",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AppTests",
            dependencies: [
                "App", "Gateway", "landing", "gateway-simulator", "GatewaySimulator", "Site", "TestSupport", "Web",
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
