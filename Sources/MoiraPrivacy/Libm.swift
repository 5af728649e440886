#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The only functions of the C library that this module uses: for the accountant, never for noise.
func naturalLog(_ x: Double) -> Double { log(x) }
/// log(1 + x), exact for small x.
func logOnePlus(_ x: Double) -> Double { log1p(x) }
func exponential(_ x: Double) -> Double { exp(x) }
/// exp(x) − 1, exact for small x.
func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
/// 1 − erf(x).
func complementaryError(_ x: Double) -> Double { erfc(x) }
