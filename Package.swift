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
  products: [.executable(name: "moira", targets: ["moira"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
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
        "MoiraModel", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
      ], swiftSettings: settings),
    .target(
      name: "MoiraProtocols", dependencies: ["MoiraCrypto", "MoiraModel"], swiftSettings: settings),
    .target(
      name: "MoiraKit", dependencies: ["MoiraConfig", "MoiraModel", "MoiraPlan", "MoiraTable"],
      swiftSettings: settings),
    .target(
      name: "MoiraRuntime",
      dependencies: [
        "MoiraConfig", "MoiraCrypto", "MoiraKit", "MoiraModel", "MoiraPlan", "MoiraSchedule",
      ], swiftSettings: settings),
    .target(
      name: "MoiraYAML", dependencies: ["CLibYAML", "MoiraConfig", "MoiraModel"],
      swiftSettings: settings),
    .executableTarget(
      name: "moira",
      dependencies: [
        "CLibYAML", "CZlib", "MoiraModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
  ]
)
