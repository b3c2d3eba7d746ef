const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const PARITY = 0x1bd11bda;

/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC11): a block cipher on
 * counters, so element i of a stream needs no other element.
 */
export const threefry2x32 = (k0: number, k1: number, c0: number, c1: number): [number, number] => {
  const keys = [k0 >>> 0, k1 >>> 0, (PARITY ^ k0 ^ k1) >>> 0] as const;
  let x0 = (c0 + keys[0]) >>> 0;
  let x1 = (c1 + keys[1]) >>> 0;
  for (let r = 0; r < 20; r++) {
    x0 = (x0 + x1) >>> 0;
    const by = ROTATIONS[r % 8]!;
    x1 = ((x1 << by) | (x1 >>> (32 - by))) >>> 0;
    x1 = (x1 ^ x0) >>> 0;
    if (r % 4 === 3) {
      const j = (r + 1) / 4;
      x0 = (x0 + keys[j % 3]!) >>> 0;
      x1 = (x1 + keys[(j + 1) % 3]! + j) >>> 0;
    }
  }
  return [x0, x1];
};
