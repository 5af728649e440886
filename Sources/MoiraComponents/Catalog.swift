public import MoiraKit

/// The components of this build. A new one costs its file and a line here.
public let standardCatalog = Catalog([
  Reader.self,
  TableReader.self,
  Partitioner.self,
  Sample.self,
  Union.self,
  FeatureScale.self,
  Statistics.self,
  Encryptor.self,
  HomoLR.self,
  Evaluator.self,
  Predictor.self,
  ModelReader.self,
  ScalerReader.self,
  ToyExample.self,
])
