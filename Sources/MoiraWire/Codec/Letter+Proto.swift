internal import Foundation
internal import MoiraModel
internal import MoiraRelay

extension Moira_V1_Letter {
  init(_ letter: Letter) {
    self.init()
    address = .init(letter.address)
    number = letter.number
    endsMessage = letter.endsMessage
    sealed = Data(letter.sealed)
  }

  var value: Letter {
    Letter(
      address: address.value, number: number, endsMessage: endsMessage, sealed: Array(sealed))
  }
}

extension Moira_V1_Receipt {
  init(_ receipt: Receipt) {
    self.init()
    address = .init(receipt.address)
    next = receipt.next
    limit = receipt.limit
  }

  var value: Receipt { Receipt(address: address.value, next: next, limit: limit) }
}

extension Moira_V1_StartOrder {
  init(_ order: StartOrder) {
    self.init()
    key = .init(order.key)
    inputs = Dictionary(
      uniqueKeysWithValues: order.inputs.map { ($0.key.text, Moira_V1_ArtifactReference($0.value)) }
    )
    absent = order.absent.map(\.text)
  }

  var value: StartOrder {
    StartOrder(
      key: key.value,
      inputs: Dictionary(uniqueKeysWithValues: inputs.map { (.init($0.key), $0.value.value) }),
      absent: absent.map { .init($0) })
  }
}
