import type { KernelOf } from "../../../compile/kernel.js";
import type { permutationOp, randomBitsOp, randomKeysOp } from "../../../random/ops.js";
import { halfBits, ROUNDS } from "../../../random/permutation.js";
import { sizesOf } from "../../../shape.js";
import type { Dispatch } from "../dispatch.js";
import type { Variant } from "../variant.js";
import { Module } from "../wgsl/module.js";

/** Threefry-2x32-20, bit for bit that of random/threefry.ts. */
const THREEFRY = `fn rotate(x: u32, by: u32) -> u32 { return (x << by) | (x >> (32u - by)); }
fn four(x: vec2<u32>, r: vec4<u32>) -> vec2<u32> {
  var v = x;
  v.x += v.y; v.y = rotate(v.y, r.x) ^ v.x;
  v.x += v.y; v.y = rotate(v.y, r.y) ^ v.x;
  v.x += v.y; v.y = rotate(v.y, r.z) ^ v.x;
  v.x += v.y; v.y = rotate(v.y, r.w) ^ v.x;
  return v;
}
fn threefry(k: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
  let k2 = 0x1bd11bdau ^ k.x ^ k.y;
  let even = vec4<u32>(13u, 15u, 26u, 6u);
  let odd = vec4<u32>(17u, 29u, 16u, 24u);
  var v = counter + k;
  v = four(v, even) + vec2<u32>(k.y, k2 + 1u);
  v = four(v, odd) + vec2<u32>(k2, k.x + 2u);
  v = four(v, even) + vec2<u32>(k.x, k.y + 3u);
  v = four(v, odd) + vec2<u32>(k.y, k2 + 4u);
  return four(v, even) + vec2<u32>(k2, k.x + 5u);
}`;

const perBlock = (
  { name, inputs: [key], outputs: [out] }: KernelOf<typeof randomBitsOp | typeof randomKeysOp>,
  store: (out: string, offset: string) => string,
): Dispatch[] => {
  const [count = 0] = out.shape;
  if (count === 0) return [];
  const module = new Module(name);
  const { parameters: p } = module;
  const words = module.bind(key.slot, "u32", "read");
  const target = module.bind(out.slot, "u32", "read_write");
  module.declare(THREEFRY);
  const at = p.u32(key.offset);
  return [
    module.perElement(
      [
        `let v = threefry(vec2<u32>(${words}[${at}], ${words}[${at} + 1u]), vec2<u32>(0u, index));`,
        store(target, p.u32(out.offset)),
      ],
      count,
    ),
  ];
};

export const randomBits: Variant = {
  op: "randomBits",
  dispatches: (kernel: KernelOf<typeof randomBitsOp>) =>
    perBlock(kernel, (out, offset) => `${out}[index + ${offset}] = v.x ^ v.y;`),
};

export const randomKeys: Variant = {
  op: "randomKeys",
  dispatches: (kernel: KernelOf<typeof randomKeysOp>) =>
    perBlock(
      kernel,
      (out, offset) => `${out}[index * 2u + ${offset}] = v.x; ${out}[index * 2u + 1u + ${offset}] = v.y;`,
    ),
};

/** The Feistel network of random/permutation.ts: one dispatch derives the round keys, one walks every index. */
export const permutation: Variant = {
  op: "permutation",
  dispatches: ({ name, inputs: [key], outputs: [out] }: KernelOf<typeof permutationOp>, context) => {
    const [n] = sizesOf(out.shape, 1);
    if (n === 0) return [];
    const keys = context.scratch(ROUNDS * 4);
    const half = halfBits(n);

    const deriving = new Module(`${name} (round keys)`);
    const words = deriving.bind(key.slot, "u32", "read");
    const derived = deriving.bind(keys, "u32", "read_write");
    deriving.declare(THREEFRY);
    const at = deriving.parameters.u32(key.offset);
    const derive = deriving.perElement(
      [`${derived}[index] = threefry(vec2<u32>(${words}[${at}], ${words}[${at} + 1u]), vec2<u32>(1u, index)).x;`],
      ROUNDS,
    );

    const walking = new Module(name);
    const { parameters: p } = walking;
    const roundKeys = walking.bind(keys, "u32", "read");
    const target = walking.bind(out.slot, "i32", "read_write");
    walking.declare(`fn mix(x: u32, k: u32) -> u32 {
  var z = (x ^ k) * 0x9e3779b1u;
  z = (z ^ (z >> 16u)) * 0x85ebca6bu;
  z = (z ^ (z >> 13u)) * 0xc2b2ae35u;
  return z ^ (z >> 16u);
}`);
    const [bits, mask, count] = [p.u32(half), p.u32(2 ** half - 1), p.u32(n)];
    const walk = walking.perElement(
      [
        "var value = index;",
        "loop {",
        `var left = value >> ${bits};`,
        `var right = value & ${mask};`,
        `for (var r = 0u; r < ${ROUNDS}u; r++) { let next = (left ^ mix(right, ${roundKeys}[r])) & ${mask}; left = right; right = next; }`,
        `value = (left << ${bits}) + right;`,
        `if (value < ${count}) { break; }`,
        "}",
        `${target}[index + ${p.u32(out.offset)}] = i32(value);`,
      ],
      n,
    );
    return [derive, walk];
  },
};
