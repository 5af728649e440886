import MoiraModel
import Testing

@testable import MoiraCrypto

@Suite struct `Paillier keys` {
  @Test(
    "give the id and the blinding base that Python derives from n", arguments: [2048, 3072, 4096])
  func derived(bits: Int) throws {
    let vector = try PaillierVector("key_\(bits)")
    let key = try vector.publicKey(bits)
    #expect(key.bits == bits)
    #expect(key.id.text == (try vector.text("id")))
    let base = PaillierDerivation.blindingBase(key)
    #expect(base.bigEndian(bits / 4) == (try vector.bytes("hs", bits / 4)))
  }

  @Test(
    "come with the proof that Python makes, and theirs is taken", arguments: [2048, 3072, 4096])
  func proof(bits: Int) throws {
    let vector = try PaillierVector("key_\(bits)")
    let key = try vector.privateKey(bits)
    #expect(key.publicKey == (try vector.publicKey(bits)))
    let proof = PaillierKeyProof(bytes: try vector.bytes("proof", bits))
    try proof.check(key.publicKey)
    if bits == 2048 { #expect(key.proof() == proof) }
  }

  @Test(
    "that are even, of another length, prime, a power or of a small factor are refused",
    arguments: [
      ("even", 2048, PaillierKeyError.even), ("long", 2056, .wrongLength(bits: 2049)),
      ("short", 1024, .wrongLength(bits: 1024)), ("bit_short", 2048, .wrongLength(bits: 2047)),
      ("prime", 2048, .prime), ("power", 2048, .perfectPower), ("cube", 2048, .perfectPower),
      ("small_factor", 2048, .smallFactor),
    ])
  func badKeys(name: String, bits: Int, error: PaillierKeyError) throws {
    let vector = try PaillierVector("bad_key_\(name)")
    let bytes = try vector.bytes("n", bits / 8)
    #expect(throws: error) { try PaillierPublicKey(bytes) }
  }

  @Test("of no bytes, or of very many, are refused")
  func otherLengths() {
    #expect(throws: PaillierKeyError.wrongLength(bits: 0)) { try PaillierPublicKey([]) }
    let many = [UInt8](repeating: 0xff, count: 100_000)
    #expect(throws: PaillierKeyError.wrongLength(bits: 800_000)) { try PaillierPublicKey(many) }
  }

  @Test("whose n shares a factor with φ(n) have every form right, but no proof")
  func sharedFactor() throws {
    let vector = try PaillierVector("bad_key_shared_factor")
    let key = try vector.publicKey()
    let proof = PaillierKeyProof(bytes: try vector.bytes("proof", 2048))
    #expect(throws: PaillierKeyError.proofWrong) { try proof.check(key) }
  }

  @Test("with a proof that is altered, swapped or cut are refused")
  func badProofs() throws {
    for name in ["swapped", "negated", "zero"] {
      let vector = try PaillierVector("bad_proof_\(name)")
      let proof = PaillierKeyProof(bytes: try vector.bytes("proof", 2048))
      #expect(throws: PaillierKeyError.proofWrong, "\(name)") {
        try proof.check(vector.publicKey())
      }
    }
    let vector = try PaillierVector("key_2048")
    let bytes = try vector.bytes("proof", 2048)
    for cut in [[], Array(bytes.dropLast()), bytes + [0], Array(bytes.dropLast(256))] {
      #expect(throws: PaillierKeyError.proofForm) {
        try PaillierKeyProof(bytes: cut).check(vector.publicKey())
      }
    }
  }

  @Test(
    "whose primes are unfit are refused",
    arguments: [
      ("one_mod_four", PaillierKeyError.unfitPrime), ("composite", .unfitPrime),
      ("same", .relatedPrimes), ("close", .relatedPrimes), ("shared", .relatedPrimes),
    ])
  func badPrimes(name: String, error: PaillierKeyError) throws {
    let vector = try PaillierVector("bad_private_\(name)")
    #expect(throws: error) { try vector.privateKey() }
    #expect(throws: PaillierKeyError.wrongLength(bits: 1024)) {
      try PaillierPrivateKey(secretBytes: [UInt8](repeating: 1, count: 128))
    }
  }

  @Test("that were made anew pass all checks, and come again from their secret bytes")
  func generation() throws {
    var generator = SeededGenerator(seed: 5)
    let key = try PaillierPrivateKey.generate(bits: 2048, using: &generator)
    #expect(key.publicKey.bits == 2048)
    try key.proof().check(key.publicKey)
    let again = try PaillierPrivateKey(secretBytes: key.exportSecretBytes())
    #expect(again.publicKey == key.publicKey)
    #expect(throws: PaillierKeyError.wrongLength(bits: 1024)) {
      try PaillierPrivateKey.generate(bits: 1024, using: &generator)
    }
    #expect(throws: PaillierKeyError.otherKey) { try key.check(fits: PaillierParts.key.publicKey) }
  }

  @Test("show nothing of their secret")
  func hidden() {
    let key = PaillierParts.key
    #expect("\(key)" == "PaillierPrivateKey(of \(key.publicKey.id.short), secret hidden)")
    var shown = ""
    dump(key, to: &shown)
    dump(PaillierParts.bestDecryptor, to: &shown)
    #expect(!shown.contains("first") && !shown.contains("prime"))
    #expect((key as Any) as? any Encodable == nil)
  }
}
