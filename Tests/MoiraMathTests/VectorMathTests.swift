import Foundation
import MoiraModel
import Testing

@testable import MoiraMath

@Suite struct VectorMathTests {
  @Test(arguments: [0.5, 1, 30, 700])
  func `exp is right to two units in the last place`(range: Double) {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let x = -generator.unit() * range
      let exact = exp(x)
      #expect(abs(VectorMath.expOfNegative(x) - exact) <= 2 * exact.ulp)
    }
  }

  @Test func `exp at its edges`() {
    #expect(VectorMath.expOfNegative(0) == 1)
    #expect(VectorMath.expOfNegative(-.infinity) == VectorMath.expOfNegative(-708))
    #expect(VectorMath.expOfNegative(-1e300) < 1e-307)
    #expect(VectorMath.expOfNegative(.nan).isNaN)
  }

  @Test func `log(1 + e) is right to four units in the last place, for tiny e too`() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<20_000 {
      let e = exp(-40 * generator.unit() * generator.unit())
      let (got, exact) = (VectorMath.logOfOnePlus(halved: e / (2 + e)), log1p(e))
      #expect(abs(got - exact) <= 4 * exact.ulp)
    }
    #expect(VectorMath.logOfOnePlus(halved: 0) == 0)
  }

  @Test func `σ(z) and σ(−z) make 1`() {
    for z in [0, 1e-9, 0.3, 5, 40, 800, .infinity] {
      #expect(close(VectorMath.sigmoid(z) + VectorMath.sigmoid(-z), 1))
    }
    #expect(VectorMath.sigmoid(0) == 0.5)
    #expect(VectorMath.sigmoid(.nan).isNaN)
  }
}
