/**
 * Threefry-2x32 with 20 rounds, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2,
 * 3" (SC 2011). A pure function of key and counter, so any draw of any image can be asked for first.
 *
 * @param out receives the two random 32-bit words
 */
export const threefry2x32 = (
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
): void => {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let group = 1; group <= 5; group++) {
    if (group & 1) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    } else {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    }
    const turn = group % 3;
    x0 = (x0 + (turn === 0 ? key0 : turn === 1 ? key1 : key2)) | 0;
    x1 = (x1 + (turn === 0 ? key1 : turn === 1 ? key2 : key0) + group) | 0;
  }
  out[0] = x0;
  out[1] = x1;
};
