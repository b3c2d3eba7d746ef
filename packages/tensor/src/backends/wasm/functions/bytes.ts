/** Pieces of a WebAssembly module as bytes (WebAssembly Core Specification 2.0, chapter 5). */

/** LEB128 of an integer that is not negative. */
export const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let left = value;
  do {
    const byte = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? byte | 128 : byte);
  } while (left > 0);
  return bytes;
};

/** LEB128 of a 32-bit integer of either sign. */
export const signed = (value: number): number[] => {
  const bytes: number[] = [];
  let left = value | 0;
  for (;;) {
    const byte = left & 127;
    left >>= 7;
    const done = (left === 0 && !(byte & 64)) || (left === -1 && (byte & 64) !== 0);
    bytes.push(done ? byte : byte | 128);
    if (done) return bytes;
  }
};

/** How many, then all of them. */
export const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];

export const text = (value: string): number[] => list([...value].map((letter) => [letter.charCodeAt(0)]));

export const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];

/** An instruction on vectors: all have one prefix. */
export const vector = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

export const I32 = 0x7f;
export const V128 = 0x7b;
