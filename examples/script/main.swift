import MoiraPlan
import MoiraScript

// The pipeline of pipelines/homo_lr.yaml, as a program; see README.md beside this file.
let pipeline = try Pipeline(
  "breast-homo-lr", guest: "hospital-a", hosts: ["hospital-b", "hospital-c"], arbiter: "hub"
) {
  let rows = Reader("reader_0", dataset: "breast", id: "id", label: "y")
  rows
  let split = Partitioner(
    "split_0", data: rows.table, validate: 0.15, test: 0.3, stratified: true, seed: 1)
  split
  let keys = Encryptor("encryptor_0", method: "secure_aggregation")
  keys
  let scale = FeatureScale(
    "scale_0", data: split.train, protection: keys.protection, method: "standard")
  scale
  let validate = FeatureScale(
    "scale_validate_0", data: split.validate, givenScaler: scale.scaler)
  validate
  let test = FeatureScale("scale_test_0", data: split.test, givenScaler: scale.scaler)
  test
  let training = HomoLR(
    "homo_lr_0", trainData: scale.table, validateData: validate.table,
    protection: keys.protection, scaler: scale.scaler, epochs: 20, localEpochs: 5,
    batchSize: "all", learningRate: 1.0, optimizer: ["method": "sgd"], penalty: "l2",
    alpha: 0.003)
  training
  Evaluator(
    "evaluation_0", data: test.table, model: training.model, baseline: training.baseline,
    protection: keys.protection, shareBaselines: true)
}
print(pipeline.yaml, terminator: "")
