// swift-tools-version:6.2
import PackageDescription

let swift6: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// A Swift target of ours; `path` is below Sources/.
func swift(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: swift6)
}

/// - Parameter files: what tests read by its path: no source and no resource.
func tests(_ name: String, _ dependencies: [Target.Dependency], files: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: files, swiftSettings: swift6)
}

// Layers, bottom up: base, do, decide, server, tool. Imports point down only; .ci/check compares them with this list.
let base: [Target] = [
    .systemLibrary(name: "CPostgres", path: "Sources/System/CPostgres", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CHiredis", path: "Sources/System/CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "COpenSSL", path: "Sources/System/COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CQPDF", path: "Sources/System/CQPDF", providers: [.apt(["libqpdf-dev"])]),
    .target(name: "CCurl", path: "Sources/System/CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CLinux", path: "Sources/System/CLinux"),
    .target(
        name: "CCodecs", path: "Sources/System/CCodecs",
        linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("deflate"), .linkedLibrary("z")]),
    swift("OpsModel", "OpsModel"),
    swift("Blocking", "System/Blocking", ["CLinux"]),
    swift("Cryptography", "System/Cryptography", ["COpenSSL", "OpsModel"]),
    swift("Disk", "System/Disk", ["CLinux", "OpsModel"]),
    swift("Statistics", "Statistics"),
]

let doing: [Target] = [
    swift("SocketClient", "Clients/Socket", ["Blocking", "COpenSSL", "OpsModel"]),
    swift(
        "PostgresClient", "Clients/Postgres",
        ["Blocking", "CLinux", "COpenSSL", "CPostgres", "OpsModel", "SocketClient"]),
    swift("RedisClient", "Clients/Redis", ["Blocking", "CHiredis", "OpsModel", "SocketClient"]),
    swift("HTTPClient", "Clients/HTTP", ["Blocking", "CCurl", "OpsModel"]),
    swift("BucketClient", "Clients/Bucket", ["Blocking", "Cryptography", "Disk", "HTTPClient", "OpsModel"]),
    swift("AWSClient", "Clients/AWS", ["BucketClient", "Cryptography", "HTTPClient", "OpsModel"]),
    swift(
        "KubernetesClient", "Clients/Kubernetes",
        ["Disk", "HTTPClient", "OpsModel", .product(name: "Yams", package: "Yams")]),
    swift("HAProxyClient", "Clients/HAProxy", ["Blocking", "OpsModel", "SocketClient"]),
    swift(
        "ProcessClient", "Clients/Process",
        [
            "Blocking", "CLinux", "OpsModel", .product(name: "Subprocess", package: "swift-subprocess"),
            .product(name: "SystemPackage", package: "swift-system"),
        ]),
    swift(
        "Database", "Database",
        ["Blocking", "Cryptography", "OpsModel", "PostgresClient", .product(name: "GRDB", package: "GRDB.swift")]),
    swift("Ledger", "Ledger", ["Cryptography", "Database", "Disk", "OpsModel"]),
    swift("Compression", "Compression", ["CCodecs", "CLinux", "COpenSSL", "CQPDF", "Cryptography", "OpsModel"]),
    swift("OpsConfiguration", "Configuration", ["OpsModel", .product(name: "Yams", package: "Yams")]),
    swift(
        "LocalServices", "LocalServices",
        [
            "Blocking", "BucketClient", "Cryptography", "Disk", "HAProxyClient", "HTTPClient", "OpsModel",
            "PostgresClient", "ProcessClient", "RedisClient",
        ]),
]

let deciding: [Target] = [
    swift(
        "Probes", "Probes",
        [
            "AWSClient", "BucketClient", "Cryptography", "HTTPClient", "OpsModel", "PostgresClient", "RedisClient",
            "SocketClient",
        ]),
    swift(
        "Deploy", "Deploy",
        [
            "AWSClient", "Cryptography", "Database", "Disk", "HAProxyClient", "HTTPClient", "KubernetesClient",
            "Ledger",
            "OpsModel", "ProcessClient", "Statistics",
        ]),
    swift("StackRendering", "StackRendering", ["Cryptography", "Disk", "Ledger", "OpsModel", "ProcessClient"]),
    swift("Drills", "Drills", ["Cryptography", "Disk", "OpsModel", "PostgresClient", "ProcessClient", "RedisClient"]),
]

let executables: [Target] = [
    .executableTarget(
        name: "AppServer",
        dependencies: [
            "Blocking", "BucketClient", "CLinux", "Compression", "Cryptography", "Database", "Disk", "HTTPClient",
            "OpsModel", "PostgresClient", "ProcessClient",
            "RedisClient", argumentParser, logging,
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "Subprocess", package: "swift-subprocess"),
            .product(name: "SystemPackage", package: "swift-system"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ],
        path: "Sources/AppServer", swiftSettings: swift6),
    .executableTarget(
        name: "opsctl",
        dependencies: [
            "AWSClient", "Blocking", "BucketClient", "Cryptography", "Deploy", "Disk", "Drills", "HAProxyClient",
            "HTTPClient", "KubernetesClient",
            "Ledger", "LocalServices", "OpsConfiguration", "OpsModel",
            "PostgresClient", "Probes", "ProcessClient", "RedisClient", "SocketClient", "StackRendering",
            argumentParser,
        ],
        path: "Sources/opsctl", swiftSettings: swift6),
    .executableTarget(
        name: "compression-bench", dependencies: ["Compression"], path: "bench/compression/Sources",
        swiftSettings: swift6),
    .executableTarget(
        name: "cutover-bench",
        dependencies: ["Deploy", "HAProxyClient", "Ledger", "LocalServices", "OpsModel", "ProcessClient"],
        path: "bench/cutover/Sources", swiftSettings: swift6),
]

let testing: [Target] = [
    .target(
        name: "TestSupport",
        dependencies: [
            "AWSClient", "Blocking", "BucketClient", "Cryptography", "Disk", "HAProxyClient", "HTTPClient",
            "KubernetesClient", "LocalServices", "OpsModel", "PostgresClient", "ProcessClient", "RedisClient",
        ],
        path: "Tests/TestSupport", swiftSettings: swift6),
    tests("BaseTests", ["Blocking", "Cryptography", "Disk", "OpsModel", "TestSupport"]),
    tests(
        "ClientTests",
        [
            "AWSClient", "Blocking", "BucketClient", "Cryptography", "Disk", "HAProxyClient", "HTTPClient",
            "KubernetesClient", "LocalServices",
            "OpsModel", "PostgresClient", "ProcessClient", "RedisClient", "SocketClient", "TestSupport",
        ]),
    tests("StatisticsTests", ["Statistics", "TestSupport"]),
    tests("DatabaseTests", ["Database", "Ledger", "OpsModel", "PostgresClient", "TestSupport"]),
    tests("CompressionTests", ["CCodecs", "CQPDF", "Compression", "Cryptography", "OpsModel", "TestSupport"]),
    tests("ConfigurationTests", ["OpsConfiguration", "OpsModel", "TestSupport"]),
    tests(
        "ProbesTests",
        [
            "AWSClient", "BucketClient", "HTTPClient", "LocalServices", "OpsModel", "PostgresClient", "Probes",
            "ProcessClient",
            "RedisClient", "SocketClient", "TestSupport",
        ]),
    tests(
        "DeployTests",
        [
            "AWSClient", "Cryptography", "Database", "Deploy", "HAProxyClient", "HTTPClient", "KubernetesClient",
            "Ledger", "LocalServices", "OpsModel", "ProcessClient", "Statistics", "TestSupport",
        ]),
    tests(
        "DrillsTests",
        ["Drills", "LocalServices", "OpsModel", "PostgresClient", "ProcessClient", "RedisClient", "TestSupport"]),
    tests(
        "StackRenderingTests",
        [
            "Cryptography", "Ledger", "OpsConfiguration", "OpsModel", "ProcessClient", "StackRendering", "TestSupport",
            "opsctl",
        ],
        files: ["Fixtures"]),
    tests(
        "AppServerTests",
        [
            "AppServer", "BucketClient", "Compression", "Cryptography", "Database", "HTTPClient", "LocalServices",
            "OpsModel", "ProcessClient", "TestSupport",
        ]),
    tests(
        "CommandTests",
        [
            "AWSClient", "AppServer", "Blocking", "BucketClient", "Deploy", "HAProxyClient", "HTTPClient", "Ledger",
            "LocalServices", "OpsConfiguration", "OpsModel", "PostgresClient", "Probes", "ProcessClient", "RedisClient",
            "TestSupport", "opsctl",
        ]),
]

let package = Package(
    name: "opsctl",
    products: [
        .executable(name: "opsctl", targets: ["opsctl"]),
        .executable(name: "appserver", targets: ["AppServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: base + doing + deciding + executables + testing
)
