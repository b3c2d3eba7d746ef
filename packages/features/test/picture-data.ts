/** Two pictures of 32 x 32 pixels by a rule of whole numbers: what the references were made of. */
export const pictures = () => {
  const size = 32;
  const byteOf = [
    (c: number, y: number, x: number) => (x * x + 3 * y * y + 5 * x * y * (c + 1) + 40 * c) >> 2,
    (c: number, y: number, x: number) => [8 * x, 7 * y, 4 * (x + y)][c]! + (((x >> 3) + (y >> 3)) & 1) * 20 * (c + 1),
  ];
  const data = new Float32Array(2 * 3 * size * size);
  for (const [n, byte] of byteOf.entries())
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) data[((n * 3 + c) * size + y) * size + x] = (byte(c, y, x) & 255) / 127.5 - 1;
  return { data, count: 2, channels: 3, height: size, width: size };
};
