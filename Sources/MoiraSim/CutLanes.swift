internal import MoiraModel
internal import MoiraRuntime
internal import MoiraSchedule

/// Which parties are cut off at the moment, and what waits for them to be back.
struct CutLanes {
  struct Post {
    let letter: Mailbox.Letter
    let address: MemoryTransport.Address
  }

  private struct State {
    let cut: TransportFaults.Cut
    var sent = 0
    var isOver = false
    var waitingIn: [Post] = []
    var waitingOut: [Post] = []

    var isOff: Bool { !isOver && sent >= cut.afterSending }
  }

  private var states: [State]

  init(_ cuts: [TransportFaults.Cut]) { states = cuts.map { State(cut: $0) } }

  /// What is to be delivered now that this is sent: it alone, nothing, or it after all that waited.
  mutating func admit(_ post: Post) -> [Post] {
    guard !states.isEmpty else { return [post] }
    let task = post.address.part.task
    for place in states.indices where states[place].cut.task == task {
      let party = states[place].cut.party
      if post.letter.from == party {
        if states[place].isOff {
          states[place].waitingOut.append(post)
          return []
        }
        states[place].sent += 1
      } else if post.address.part.party == party, states[place].isOff {
        states[place].waitingIn.append(post)
        guard states[place].waitingIn.count == states[place].cut.untilWaiting else { return [] }
        let released = states[place].waitingIn + states[place].waitingOut
        states[place].isOver = true
        states[place].waitingIn = []
        states[place].waitingOut = []
        return released
      }
    }
    return [post]
  }
}
