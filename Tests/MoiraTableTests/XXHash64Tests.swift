import Testing

@testable import MoiraTable

struct XXHash64Tests {
  @Test(
    arguments: [
      ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
      ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
    ] as [(String, UInt64)])
  func `published texts have their published hash`(text: String, hash: UInt64) {
    #expect(XXHash64.hash(text) == hash)
  }

  /// Made by the reference implementation, release 0.8: byte i is (131·i + 7) mod 256.
  @Test(
    arguments: [
      (0, 0xef46_db37_51d8_e999, 0xc434_9fc9_3c01_0000),
      (1, 0xa96c_7f0c_e858_bbb7, 0x5858_8242_2a61_65e7),
      (3, 0xbed4_3740_ee63_32bb, 0x45fa_1406_538f_a168),
      (4, 0xfa21_2ae4_4b3b_b23d, 0xa651_07f2_2943_365a),
      (7, 0x2744_460d_d675_d2c0, 0xc9b6_37e2_c459_9de2),
      (8, 0x994b_676b_71ce_94dd, 0xce59_2d5f_53e1_92ec),
      (11, 0x97f0_78da_7a1a_590c, 0x2fa6_f52e_4189_33c2),
      (12, 0xb92f_588c_e720_786e, 0xbc37_a5ae_4314_1b1a),
      (31, 0x6711_d55e_306b_5d8f, 0x24c4_e99a_b040_4b5e),
      (32, 0x07f7_b8e3_bc5d_6e25, 0x046e_99bb_da1a_814b),
      (33, 0x09f8_5eeb_4e1c_be9f, 0xd7fe_2bfe_e6e4_cded),
      (63, 0xb7c9_968c_066c_b6a5, 0xbd45_7f9e_a471_80c8),
      (64, 0x50d4_159a_0411_632e, 0xa768_f350_a8e4_fcf6),
      (100, 0x9dda_da11_d3dc_2d8f, 0x3554_6bd9_a477_9ae4),
      (1000, 0x0bf0_bdbc_c82e_b373, 0x3ecb_5d7b_5e7c_64cf),
    ] as [(Int, UInt64, UInt64)])
  func `every length has the reference's hash`(length: Int, plain: UInt64, seeded: UInt64) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 131 + 7) }
    bytes.withUnsafeBytes { raw in
      #expect(XXHash64.hash(raw) == plain)
      #expect(XXHash64.hash(raw, seed: 0x9E37_79B9_7F4A_7C15) == seeded)
    }
  }

  @Test func `a number hashes as its eight bytes`() {
    let bytes: [UInt8] = [0x34, 0x12, 0, 0, 0, 0, 0, 0x80]
    #expect(
      XXHash64.hash(0x8000_0000_0000_1234, seed: 5)
        == bytes.withUnsafeBytes { XXHash64.hash($0, seed: 5) })
  }
}
