import { readFileSync } from "node:fs";

/** One array of a fixture, with how far PyTorch's own float32 strays from it. */
export interface FixtureArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
  readonly strays: number;
}

interface Description {
  readonly tensors: Readonly<Record<string, { readonly torch_float32_error?: { readonly max_abs: number } }>>;
}

type Header = Readonly<
  Record<string, { readonly dtype: string; readonly shape: number[]; readonly data_offsets: [number, number] }>
>;

const kinds: Readonly<Record<string, new (buffer: ArrayBuffer) => FixtureArray["data"]>> = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
};

const file = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** The arrays of a fixture by name. Asking for one leaves a mark. */
export class Fixture extends Map<string, FixtureArray> {
  readonly #asked = new Set<string>();

  override get(name: string): FixtureArray | undefined {
    this.#asked.add(name);
    return super.get(name);
  }

  /** Those that nothing has asked for. */
  unread(): readonly string[] {
    return [...this.keys()].filter((name) => !this.#asked.has(name));
  }
}

/** Every array of `test/fixtures/NAME.safetensors`. */
export const readFixture = (name: string): Fixture => {
  const { tensors } = JSON.parse(file(`${name}.json`).toString()) as Description;
  const bytes = file(`${name}.safetensors`);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...header } = JSON.parse(bytes.subarray(8, start).toString()) as Header;
  return new Fixture(
    Object.entries(header).map(
      ([
        key,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const data = new kinds[dtype]!(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer);
        return [key, { shape, data, strays: tensors[key]?.torch_float32_error?.max_abs ?? 0 }];
      },
    ),
  );
};

/** Largest error over what is fair: four times PyTorch's own float32 error plus `slack` of the array's peak. */
export const errorOverFair = (actual: ArrayLike<number>, { data, strays }: FixtureArray, slack: number): number => {
  const wanted = Array.from(data);
  const peak = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  return actual.length === data.length ? error / (4 * strays + slack * peak) : Number.POSITIVE_INFINITY;
};

export { relativeError } from "./relative-error.js";
