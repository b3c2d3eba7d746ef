import { readFileSync } from "node:fs";

/** One array of a fixture, with how far PyTorch's own float32 strays from it. */
export interface FixtureArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly strays: number;
}

interface Description {
  readonly config?: unknown;
  readonly tensors: Readonly<Record<string, { readonly torch_float32_error?: { readonly max_abs: number } }>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const file = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** What `test/fixtures/NAME.json` says. */
export const describeFixture = (name: string): Description =>
  JSON.parse(file(`${name}.json`).toString()) as Description;

const asked = new Map<string, Set<string>>();

/** The arrays of a fixture that nothing in this process has asked for. */
export const unread = (name: string): readonly string[] =>
  Object.keys(describeFixture(name).tensors).filter((key) => !asked.get(name)?.has(key));

const ask = (name: string, key: string): void => {
  asked.set(name, (asked.get(name) ?? new Set()).add(key));
};

/** The arrays of `test/fixtures/NAME.safetensors` of a dtype, as bytes. */
const read = (
  name: string,
  dtype: "F32" | "I32",
): readonly (readonly [key: string, shape: number[], ArrayBuffer])[] => {
  const bytes = file(`${name}.safetensors`);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...header } = JSON.parse(bytes.subarray(8, start).toString()) as Record<string, Entry>;
  return Object.entries(header)
    .filter(([, entry]) => entry.dtype === dtype)
    .map(([key, { shape, data_offsets }]) => {
      const [from, to] = data_offsets;
      return [key, shape, Uint8Array.from(bytes.subarray(start + from, start + to)).buffer] as const;
    });
};

/** The float32 arrays of a fixture. Asking for one leaves a mark. */
export class Fixture {
  constructor(
    readonly name: string,
    private readonly arrays: ReadonlyMap<string, FixtureArray>,
  ) {}

  get(key: string): FixtureArray | undefined {
    ask(this.name, key);
    return this.arrays.get(key);
  }

  /** Arrays under a prefix, the prefix taken off. */
  under(prefix: string): Record<string, FixtureArray> {
    const keys = [...this.arrays.keys()].filter((key) => key.startsWith(prefix));
    return Object.fromEntries(keys.map((key) => [key.slice(prefix.length), this.get(key)!]));
  }
}

/** Every float32 array of `test/fixtures/NAME.safetensors` by name. */
export const readFixture = (name: string): Fixture => {
  const { tensors } = describeFixture(name);
  const arrays = read(name, "F32").map(([key, shape, buffer]) => {
    const strays = tensors[key]?.torch_float32_error?.max_abs ?? 0;
    return [key, { shape, data: new Float32Array(buffer), strays }] as const;
  });
  return new Fixture(name, new Map(arrays));
};

/** One int32 array of `test/fixtures/NAME.safetensors`. */
export const readIntegers = (name: string, key: string): Int32Array => {
  const found = read(name, "I32").find(([each]) => each === key);
  if (!found) throw new Error(`${name} has no int32 array "${key}".`);
  ask(name, key);
  return new Int32Array(found[2]);
};

/** Largest error over what is fair: four times PyTorch's own float32 error plus 1e-6 of the array's peak. */
export const errorOverFair = (actual: ArrayLike<number>, { data, strays }: FixtureArray): number => {
  const peak = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  return actual.length === data.length ? error / (4 * strays + 1e-6 * peak) : Number.POSITIVE_INFINITY;
};
