import ArgumentParser

/// The command line: `moira run pipeline.yaml`, and what goes with it.
@main
struct Moira: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "moira",
    abstract: "Runs federated-learning pipelines: each party keeps its own data.",
    discussion: """
      Begin with 'moira init homo_lr --with-data' and 'moira run homo_lr.yaml'.
      Exit codes: 0 done, 1 the job failed, 64 usage, 65 the pipeline is wrong, 69 a party \
      cannot be reached, 70 a bug of Moira's, 75 try again, 77 refused.
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(
        name: "Pipelines",
        subcommands: [
          InitCommand.self, TemplatesCommand.self, CheckCommand.self, PlanCommand.self,
          RunCommand.self, SubmitCommand.self, ConvertCommand.self,
        ]),
      CommandGroup(
        name: "Jobs",
        subcommands: [
          JobsCommand.self, ShowCommand.self, LogsCommand.self, MetricsCommand.self,
          ArtifactsCommand.self, ExportCommand.self, DiffCommand.self, PredictCommand.self,
          ResumeCommand.self, RerunCommand.self, StopCommand.self, CollectCommand.self,
        ]),
      CommandGroup(
        name: "Federation",
        subcommands: [
          PartyCommand.self, ConsortiumCommand.self, HubCommand.self, LoginCommand.self,
          LogoutCommand.self,
        ]),
      CommandGroup(
        name: "Reference",
        subcommands: [
          ComponentsCommand.self, DescribeCommand.self, SchemaCommand.self, ExplainCommand.self,
          FlowCommand.self, GenerateCommand.self,
        ]),
    ])
}
