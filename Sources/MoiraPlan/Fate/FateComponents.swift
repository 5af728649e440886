internal import MoiraConfig
internal import MoiraModel

/// The components of FATE that are read, and those that are refused by name.
enum FateComponents {
  static let all: [FateComponent] = [
    .reader, .dataframeTransformer, .union, .sample, .dataSplit, .statistics, .featureScale,
    .homoLR, .evaluation, .toyExample,
  ]

  static let names = all.map(\.name)

  /// What brings tables in and takes them away is no part of a pipeline here.
  static let elsewhere = [
    "upload":
      "'moira party dataset add' registers a file where it lies, and 'flow data upload' sends one to a server",
    "download": "'moira export' writes a job's table, and 'flow output download-data' fetches one",
  ]

  /// FATE 2.2's other components.
  static let unsupported: Set<String> = [
    "upload", "download", "psi", "feature_correlation", "hetero_feature_binning",
    "hetero_feature_selection", "homo_nn", "coordinated_lr", "coordinated_linr", "sshe_lr",
    "sshe_linr", "hetero_secureboost", "hetero_nn", "artifact_test", "dataframe_io_test",
    "multi_model_test", "cv_test2",
    // Of FATE 1.x.
    "HomoNN", "HomoSecureboost", "HomoOneHotEncoder", "HomoFeatureBinning", "HeteroLR",
    "HeteroSecureBoost", "HeteroFeatureBinning", "HeteroFeatureSelection", "HeteroPearson",
    "HeteroNN", "Intersection", "OneHotEncoder", "LabelTransform", "ColumnExpand",
  ]
}

extension FateComponent.Input {
  static func data(
    _ name: String, _ stages: Set<FateStage>? = nil, aliases: [String] = [],
    isOptional: Bool = false, isMany: Bool = false, canVary: Bool = false, isForAll: Bool = false
  ) -> Self {
    .init(
      name: name, aliases: aliases, section: "data", stages: stages, isOptional: isOptional,
      isMany: isMany, canVary: canVary, isForAll: isForAll)
  }

  static func model(
    _ name: String, _ stages: Set<FateStage>? = nil, isOptional: Bool = false,
    isForAll: Bool = false
  ) -> Self {
    .init(
      name: name, section: "model", stages: stages, isOptional: isOptional, isForAll: isForAll)
  }
}
