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
        "MoiraRuntime", "MoiraScript", "MoiraSim", "MoiraStorage", "MoiraYAML",
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
  ],
  targets: [
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
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
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraSchedule",
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
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRuntime",
        "MoiraSchedule", "MoiraTable",
      ], swiftSettings: settings),
    .target(
      name: "MoiraStorage",
      dependencies: [
        "CZlib", "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan",
        "MoiraRuntime", "MoiraSchedule", "MoiraTable",
        .product(name: "GRDB", package: "GRDB.swift"),
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
    .executableTarget(
      name: "moira",
      dependencies: [
        "MoiraComponents", "MoiraConfig", "MoiraCrypto", "MoiraFlow", "MoiraKit", "MoiraModel",
        "MoiraPlan", "MoiraRuntime", "MoiraSchedule", "MoiraSim", "MoiraStorage", "MoiraTable",
        "MoiraYAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
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
        "MoiraRuntime", "MoiraSchedule", "MoiraSim", "MoiraStorage", "MoiraTable", "MoiraYAML",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: settings),
    .testTarget(
      name: "MoiraSimTests",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraRuntime",
        "MoiraSchedule", "MoiraSim", "MoiraStorage", "MoiraTable", "MoiraYAML",
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
      name: "MoiraCLITests", dependencies: ["moira", "script-example"], swiftSettings: settings),
  ]
)
