// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "moira",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "moira", targets: ["moira"]),
    .library(
      name: "MoiraEngine",
      targets: [
        "MoiraModel", "MoiraConfig", "MoiraPlan", "MoiraSchedule", "MoiraTable", "MoiraMath",
        "MoiraCrypto", "MoiraPrivacy", "MoiraProtocols", "MoiraKit", "MoiraComponents",
        "MoiraRelay", "MoiraRuntime", "MoiraScript", "MoiraSim", "MoiraStorage", "MoiraPostgres",
        "MoiraWire", "MoiraYAML",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf.git", from: "2.4.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .target(name: "MoiraModel", swiftSettings: settings),
    .target(name: "MoiraConfig", dependencies: ["MoiraModel"], swiftSettings: settings),
    .target(
      name: "MoiraPlan", dependencies: ["MoiraConfig", "MoiraModel"], swiftSettings: settings),
    .target(name: "MoiraSchedule", dependencies: ["MoiraModel"], swiftSettings: settings),
    .target(name: "MoiraTable", dependencies: ["MoiraModel"], swiftSettings: settings),
    .target(name: "CKernels"),
    .target(name: "MoiraMath", dependencies: ["CKernels", "MoiraModel"], swiftSettings: settings),
    .target(
      name: "MoiraCrypto",
      dependencies: [
        "CGMP", "CKernels", "MoiraModel", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
      ], swiftSettings: settings),
    .target(name: "MoiraPrivacy", dependencies: ["MoiraModel"], swiftSettings: settings),
    .target(
      name: "MoiraProtocols", dependencies: ["MoiraCrypto", "MoiraModel"], swiftSettings: settings),
    .target(
      name: "MoiraKit",
      dependencies: ["MoiraConfig", "MoiraCrypto", "MoiraModel", "MoiraPlan", "MoiraTable"],
      swiftSettings: settings),
    .target(
      name: "MoiraScript", dependencies: ["MoiraConfig", "MoiraModel", "MoiraPlan"],
      swiftSettings: settings),
    .target(
      name: "MoiraRuntime",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRelay",
        "MoiraSchedule", "MoiraTable",
      ], swiftSettings: settings),
    .target(
      name: "MoiraYAML", dependencies: ["CLibYAML", "MoiraConfig", "MoiraModel"],
      swiftSettings: settings),
    .target(
      name: "MoiraComponents",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraMath", "MoiraModel", "MoiraPlan",
        "MoiraPrivacy", "MoiraProtocols", "MoiraTable",
      ], swiftSettings: settings),
    .target(
      name: "MoiraSim",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRelay",
        "MoiraRuntime", "MoiraSchedule", "MoiraTable",
      ], swiftSettings: settings),
    .target(
      name: "MoiraStorage",
      dependencies: [
        "CZlib", "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan",
        "MoiraRuntime", "MoiraSchedule", "MoiraTable",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: settings),
    .target(
      name: "MoiraPostgres",
      dependencies: [
        "CPostgres", "MoiraCrypto", "MoiraModel", "MoiraPlan", "MoiraRuntime", "MoiraSchedule",
      ], swiftSettings: settings),
    .target(
      name: "MoiraRelay", dependencies: ["MoiraModel", "MoiraSchedule"], swiftSettings: settings),
    .target(
      name: "MoiraWire",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRelay",
        "MoiraRuntime", "MoiraSchedule",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "X509", package: "swift-certificates"),
      ], swiftSettings: settings),
    .target(
      name: "MoiraFlow",
      dependencies: [
        "MoiraConfig", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRuntime", "MoiraSchedule",
        "MoiraTable",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ], swiftSettings: settings),
    .target(
      name: "MoiraBoard",
      dependencies: [
        "MoiraRuntime",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "moira",
      dependencies: [
        "MoiraBoard", "MoiraComponents", "MoiraConfig", "MoiraCrypto", "MoiraFlow", "MoiraKit",
        "MoiraModel", "MoiraPlan", "MoiraPostgres", "MoiraRelay", "MoiraRuntime", "MoiraSchedule",
        "MoiraSim",
        "MoiraStorage", "MoiraTable", "MoiraWire", "MoiraYAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "script-example", dependencies: ["MoiraPlan", "MoiraScript"], path: "examples/script",
      exclude: ["README.md"], swiftSettings: settings),
    .testTarget(name: "HouseTests", swiftSettings: settings),
    .testTarget(name: "MoiraModelTests", dependencies: ["MoiraModel"], swiftSettings: settings),
    .testTarget(
      name: "MoiraConfigTests", dependencies: ["MoiraConfig", "MoiraModel"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraYAMLTests", dependencies: ["MoiraConfig", "MoiraModel", "MoiraYAML"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraPlanTests",
      dependencies: ["MoiraConfig", "MoiraModel", "MoiraPlan", "MoiraYAML"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraScheduleTests", dependencies: ["MoiraModel", "MoiraSchedule"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraTableTests", dependencies: ["MoiraModel", "MoiraTable"], swiftSettings: settings),
    .testTarget(
      name: "MoiraMathTests", dependencies: ["CKernels", "MoiraMath", "MoiraModel"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraCryptoTests",
      dependencies: [
        "CKernels", "MoiraCrypto", "MoiraModel",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraPrivacyTests", dependencies: ["MoiraModel", "MoiraPrivacy"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraProtocolsTests", dependencies: ["MoiraCrypto", "MoiraModel", "MoiraProtocols"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraStorageTests",
      dependencies: [
        "CZlib", "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan",
        "MoiraPostgres", "MoiraRuntime", "MoiraSchedule", "MoiraSim", "MoiraStorage", "MoiraTable",
        "MoiraYAML",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraSimTests",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRelay",
        "MoiraRuntime", "MoiraSchedule", "MoiraSim", "MoiraStorage", "MoiraTable", "MoiraYAML",
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraComponentsTests",
      dependencies: [
        "MoiraComponents", "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraMath", "MoiraModel",
        "MoiraPlan", "MoiraPrivacy", "MoiraProtocols", "MoiraRuntime", "MoiraSchedule", "MoiraSim",
        "MoiraTable", "MoiraYAML",
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraScriptTests",
      dependencies: [
        "MoiraComponents", "MoiraConfig", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRuntime",
        "MoiraScript", "MoiraYAML",
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraFlowTests",
      dependencies: ["MoiraConfig", "MoiraFlow", "MoiraModel", "MoiraTable"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraBoardTests", dependencies: ["MoiraBoard", "MoiraModel", "MoiraRuntime"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraRelayTests", dependencies: ["MoiraModel", "MoiraRelay", "MoiraSchedule"],
      swiftSettings: settings),
    .testTarget(
      name: "MoiraWireTests",
      dependencies: [
        "MoiraComponents", "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan",
        "MoiraRelay", "MoiraRuntime", "MoiraSchedule", "MoiraSim", "MoiraTable", "MoiraWire",
        "MoiraYAML",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraCLITests", dependencies: ["moira", "script-example"], swiftSettings: settings),
    .testTarget(
      name: "MoiraFederationTests",
      dependencies: [
        "moira", "MoiraComponents", "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel",
        "MoiraPlan", "MoiraRelay", "MoiraRuntime", "MoiraSchedule", "MoiraSim", "MoiraStorage",
        "MoiraTable", "MoiraWire", "MoiraYAML",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], swiftSettings: settings),
  ]
)
