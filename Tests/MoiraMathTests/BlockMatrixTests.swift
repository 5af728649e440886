import MoiraMath
import Testing

@Suite struct BlockMatrixTests {
  @Test(arguments: [1, 2, 7, 8, 512], [0, 1, 7, 8, 9, 1025])
  func `a matrix reads back what went in, for any block size`(blockRows: Int, n: Int) {
    let rows = RandomRows(seed: 1, n: n, d: 3).rows
    DenseBlocks(rows: rows, blockRows: blockRows).withMatrix { matrix in
      #expect(matrix.rowCount == n)
      #expect((0..<n).allSatisfy { i in (0..<3).allSatisfy { matrix[i, $0] == rows[i][$0] } })
    }
  }

  @Test func `element (i, j) lies where the layout says`() {
    let rows = RandomRows(seed: 2, n: 11, d: 3).rows
    DenseBlocks(rows: rows, blockRows: 4).withMatrix { matrix in
      for i in 0..<11 {
        for j in 0..<3 { #expect(matrix.base[i / 4 * 12 + j * 4 + i % 4] == rows[i][j]) }
      }
      #expect(matrix.blockCount == 3)
      #expect(matrix.rows(ofBlock: 2) == 8..<11)
    }
  }

  @Test func `gathered rows are the rows asked for, in that order, and the room is used again`() {
    let rows = RandomRows(seed: 3, n: 40, d: 5).rows
    var buffer = DenseBlocks(blockRows: 8)
    DenseBlocks(rows: rows, blockRows: 16).withMatrix { source in
      for wanted in [[39, 0, 17, 17, 3, 8, 9, 10, 11, 12], [5], []] {
        buffer.gather(rows: wanted, from: source)
        buffer.withMatrix { got in
          #expect(got.rowCount == wanted.count)
          for (i, row) in wanted.enumerated() {
            #expect((0..<5).allSatisfy { got[i, $0] == rows[row][$0] })
          }
        }
      }
    }
  }

  @Test func `a batch brings labels and weights along`() {
    let data = RandomRows(seed: 4, n: 30, d: 2)
    var batch = MiniBatch(blockRows: 8)
    DenseBlocks(rows: data.rows).withMatrix { source in
      data.labels.withUnsafeBufferPointer { labels in
        data.rowWeights.withUnsafeBufferPointer { weights in
          batch.gather(rows: [29, 4, 4], from: source, labels: labels, rowWeights: weights)
        }
        #expect(batch.labels == [data.labels[29], data.labels[4], data.labels[4]])
        #expect(batch.rowWeights == [data.rowWeights[29], data.rowWeights[4], data.rowWeights[4]])
        batch.gather(rows: 3..<5, from: source, labels: labels)
        #expect(batch.labels == Array(data.labels[3..<5]))
        #expect(batch.rowWeights == nil)
      }
    }
  }
}
