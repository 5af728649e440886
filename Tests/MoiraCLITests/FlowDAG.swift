/// DAGs as FATE's client sends them, for the tables of `examples/fate`.
enum FlowDAG {
  static func schema(priority: Int = 0, epochs: Int = 3, component: String = "homo_lr") -> [String:
    Any]
  {
    let data: [[String: Any]] = [
      ["role": "guest", "party_id": ["9999"]], ["role": "host", "party_id": ["10000"]],
    ]
    func input(_ key: String, of task: String) -> [String: Any] {
      [
        "task_output_artifact": [
          "producer_task": task, "output_artifact_key": key, "parties": data,
        ]
      ]
    }
    let tasks: [String: Any] = [
      "reader_0": ["component_ref": "reader", "stage": "default", "parties": data],
      "lr_0": [
        "component_ref": component,
        "parameters": ["epochs": epochs, "batch_size": 50],
        "inputs": ["data": ["train_data": input("output_data", of: "reader_0")]],
      ],
      "eval_0": [
        "component_ref": "evaluation", "stage": "default", "parties": data,
        "inputs": ["data": ["input_datas": input("train_output_data", of: "lr_0")]],
      ],
    ]
    return [
      "schema_version": "2.2.0",
      "dag": [
        "parties": data + [["role": "arbiter", "party_id": ["10000"]]],
        "conf": ["priority": priority], "stage": "train", "tasks": tasks,
        "party_tasks": [
          "guest": party("guest", "9999", "breast_homo_guest"),
          "host": party("host", "10000", "breast_homo_host"),
        ],
      ] as [String: Any],
    ]
  }

  static func predict(model: String) -> [String: Any] {
    var schema = schema()
    var dag = schema["dag"] as? [String: Any] ?? [:]
    let tasks = dag["tasks"] as? [String: Any] ?? [:]
    dag["stage"] = "predict"
    dag["conf"] = ["model_warehouse": ["model_id": model, "model_version": "0"]]
    dag["tasks"] = [
      "reader_0": tasks["reader_0"] ?? [:],
      "lr_0": [
        "component_ref": "homo_lr",
        "inputs": [
          "data": [
            "test_data": [
              "task_output_artifact": [
                "producer_task": "reader_0", "output_artifact_key": "output_data",
              ]
            ]
          ],
          "model": [
            "input_model": [
              "model_warehouse": [
                "producer_task": "lr_0", "output_artifact_key": "output_model",
              ]
            ]
          ],
        ],
      ],
    ]
    schema["dag"] = dag
    return schema
  }

  private static func party(_ role: String, _ id: String, _ table: String) -> [String: Any] {
    [
      "parties": [["role": role, "party_id": [id]]],
      "tasks": ["reader_0": ["parameters": ["name": table, "namespace": "experiment"]]],
    ]
  }
}
