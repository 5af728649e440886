import Foundation
import MoiraConfig
import MoiraYAML
import Testing

/// What stands in `deploy/` can be read, and gives no process more than it needs.
@Suite struct DeployTests {
  private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "deploy")

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The documents of a file, which stand between lines of `---`.
  private static func documents(_ path: String) throws -> [ConfigValue] {
    try text(path).split(separator: "\n---\n").map { try readYAML(String($0), file: path).value }
  }

  /// Paths of all YAML files, from `deploy/`.
  private static let files: [String] = {
    let found = FileManager.default.enumerator(atPath: root.path)
    var files: [String] = []
    while let path = found?.nextObject() as? String {
      if path.hasSuffix(".yaml") { files.append(path) }
    }
    return files.sorted()
  }()

  /// Every object of the kind below `kubernetes/`.
  private static func objects(_ kind: String) throws -> [(file: String, object: ConfigValue)] {
    try files.filter { $0.hasPrefix("kubernetes/") }.flatMap { file in
      try documents(file).filter { $0["kind"]?.string == kind }.map { (file, $0) }
    }
  }

  private var services: [(name: String, service: ConfigValue)] {
    get throws {
      let compose = try #require(try Self.documents("compose/compose.yaml").first)
      return try #require(compose["services"]).entries.map { ($0.key, $0.value) }
    }
  }

  @Test func `all files are read by our own reader`() throws {
    #expect(Self.files.count > 15)
    for file in Self.files {
      let documents = try Self.documents(file)
      #expect(!documents.isEmpty)
      for document in documents { #expect(!document.entries.isEmpty, "\(file)") }
    }
  }

  // MARK: Compose

  @Test func `every container runs as nobody in particular, and writes to its volume only`() throws
  {
    #expect(
      try services.map(\.name).sorted() == [
        "analyst", "arbiter", "hospital-a", "hospital-b", "hospital-c", "hub", "setup",
      ])
    for (name, service) in try services {
      #expect(service["user"] == .string("10001:10001"), "\(name)")
      #expect(service["read_only"] == .bool(true), "\(name)")
      #expect(service["cap_drop"] == .list([.string("ALL")]), "\(name)")
      #expect(service["security_opt"] == .list([.string("no-new-privileges:true")]), "\(name)")
      for key in ["privileged", "cap_add", "pid", "ipc", "devices", "ports"] {
        #expect(service[key] == nil, "\(name) has \(key)")
      }
    }
  }

  @Test func `a party sees its own rows, and shares a network with the hub alone`() throws {
    var members: [String: [String]] = [:]
    for (name, service) in try services {
      for network in service["networks"]?.items ?? [] {
        members[network.string ?? "", default: []].append(name)
      }
      guard name.hasPrefix("hospital-") else { continue }
      let volumes = (service["volumes"]?.items ?? []).compactMap(\.string)
      #expect(volumes.count == 2)
      #expect(volumes.allSatisfy { $0.contains(name) }, "\(name) mounts \(volumes)")
    }
    #expect(members.count == 5)
    for (network, names) in members {
      #expect(names.count == 2 && names.contains("hub"), "\(network) has \(names)")
    }
  }

  @Test func `what serves is asked whether it is ready`() throws {
    for (name, service) in try services {
      let command = (service["command"]?.items ?? []).compactMap(\.string)
      guard command.contains("serve") else { continue }
      let test = try #require(service["healthcheck"]?["test"], "\(name)").items.compactMap(\.string)
      #expect(test.last == "/readyz")
      #expect(command.suffix(2) == ["--metrics", "0.0.0.0:9464"])
    }
  }

  @Test func `the image ends as a user by number, from named releases`() throws {
    let lines = try Self.text("compose/Dockerfile").split(separator: "\n")
    let images = lines.filter { $0.hasPrefix("FROM ") }
    #expect(images.count == 2)
    for image in images {
      #expect(image.contains(/:[a-z0-9.-]+( AS [a-z]+)?$/) && !image.contains("latest"), "\(image)")
    }
    #expect(lines.last { $0.hasPrefix("USER ") } == "USER 10001:10001")
  }

  // MARK: Kubernetes

  @Test func `every pod is non-root, on a read-only root, without privileges`() throws {
    let sets = try Self.objects("StatefulSet").filter { $0.file.contains("/base/") }
    #expect(sets.count == 2)
    for (file, set) in sets {
      let pod = try #require(set["spec"]?["template"]?["spec"])
      let all = try #require(pod["securityContext"])
      #expect(all["runAsNonRoot"] == .bool(true), "\(file)")
      #expect((all["runAsUser"]?.number ?? 0) >= 10_000, "\(file)")
      #expect(all["seccompProfile"]?["type"] == .string("RuntimeDefault"), "\(file)")
      #expect(pod["automountServiceAccountToken"] == .bool(false), "\(file)")
      for key in ["hostNetwork", "hostPID", "hostIPC"] { #expect(pod[key] == nil, "\(file)") }
      for volume in pod["volumes"]?.items ?? [] { #expect(volume["hostPath"] == nil, "\(file)") }
      let containers = try #require(pod["containers"]).items
      #expect(containers.count == 1)
      for container in containers {
        let own = try #require(container["securityContext"])
        #expect(own["readOnlyRootFilesystem"] == .bool(true), "\(file)")
        #expect(own["allowPrivilegeEscalation"] == .bool(false), "\(file)")
        #expect(own["capabilities"]?["drop"] == .list([.string("ALL")]), "\(file)")
        #expect(container["resources"]?["limits"]?["memory"] != nil, "\(file)")
        #expect(container["resources"]?["requests"]?["cpu"] != nil, "\(file)")
        for (probe, path) in [
          ("startupProbe", "/healthz"), ("livenessProbe", "/healthz"),
          ("readinessProbe", "/readyz"),
        ] {
          #expect(container[probe]?["httpGet"]?["path"] == .string(path), "\(file) \(probe)")
          #expect(container[probe]?["httpGet"]?["port"] == .string("board"), "\(file) \(probe)")
        }
      }
    }
  }

  @Test func `all is denied but the hub's port, and metrics to those who scrape them`() throws {
    let policies = try Self.objects("NetworkPolicy").map(\.object)
    let deny = policies.filter {
      $0["spec"]?["podSelector"]?.entries.isEmpty == true
    }
    // One beside the hub, one beside parties.
    #expect(deny.count == 2)
    for policy in deny {
      #expect(policy["spec"]?["policyTypes"] == .list([.string("Ingress"), .string("Egress")]))
      #expect(policy["spec"]?["ingress"] == nil && policy["spec"]?["egress"] == nil)
    }
    var open: [String] = []
    for policy in policies {
      for rule in policy["spec"]?["ingress"]?.items ?? [] {
        for port in rule["ports"]?.items ?? [] {
          open.append("\(port["port"]?.string ?? "?")\(rule["from"] == nil ? "" : " from some")")
        }
      }
    }
    #expect(open.sorted() == ["board from some", "wire"])
  }

  @Test func `kustomizations name files that are there, and no file holds a secret`() throws {
    let all = try Self.objects("Kustomization")
    #expect(all.count == 4)
    for (file, object) in all {
      let folder = (file as NSString).deletingLastPathComponent
      let patches = (object["patches"]?.items ?? []).compactMap { $0["path"]?.string }
      for name in (object["resources"]?.items ?? []).compactMap(\.string) + patches {
        let path = Self.root.appending(path: "\(folder)/\(name)").standardizedFileURL.path
        #expect(FileManager.default.fileExists(atPath: path), "\(file) names \(name)")
      }
    }
    #expect(try Self.objects("Secret").isEmpty)
    for file in Self.files { #expect(try !Self.text(file).contains("PRIVATE KEY"), "\(file)") }
  }

  // MARK: systemd

  @Test(arguments: ["moira-hub.service", "moira-party@.service"])
  func `a unit runs as its own user, hardened, and comes again after a fault`(name: String) throws {
    let lines = Set(try Self.text("systemd/\(name)").split(separator: "\n").map(String.init))
    for line in [
      "User=moira", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes",
      "CapabilityBoundingSet=", "SystemCallFilter=@system-service", "Restart=on-failure",
      "KillSignal=SIGTERM", "PrivateTmp=yes", "UMask=0077",
    ] {
      #expect(lines.contains(line), "\(name) lacks \(line)")
    }
    #expect(lines.contains { $0.hasPrefix("StateDirectory=moira/") })
  }
}

extension ConfigValue {
  fileprivate var items: [ConfigValue] { if case .list(let items) = self { items } else { [] } }
  fileprivate var entries: [(key: String, value: ConfigValue)] {
    if case .map(let entries) = self { entries } else { [] }
  }
}
