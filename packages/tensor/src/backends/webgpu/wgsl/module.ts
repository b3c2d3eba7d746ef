import type { View } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";
import { known } from "../../../lookup.js";
import { type Binding, type Dispatch, grid } from "../dispatch.js";
import type { Width } from "./function.js";
import { libraryText } from "./library.js";
import { Parameters } from "./parameters.js";

export type StorageType = "f32" | "i32" | "u32";

/** How a dtype lies in memory. */
export const storageType = (dtype: DType): StorageType => (dtype === "bool" ? "u32" : dtype);

interface Bound extends Binding {
  readonly name: string;
  readonly type: StorageType;
  readonly rows: Width;
}

const aliases = (width: Width): string =>
  (["f32", "i32", "u32", "bool"] as const)
    .map((type, i) => `alias ${"FIUB"[i]} = ${width === 1 ? type : `vec4<${type}>`};`)
    .join("\n");

/** Assembles the text of one kernel: bindings, parameters, library functions, entry point. */
export class Module {
  readonly parameters = new Parameters();
  readonly #bound: Bound[] = [];
  readonly #functions = new Set<string>();
  readonly #declarations: string[] = [];

  constructor(
    readonly name: string,
    readonly width: Width = 1,
  ) {}

  /**
   * Declares a storage buffer of single elements or rows of four and returns its WGSL name. A written slot may be declared once only:
   * WebGPU forbids writable aliases.
   */
  bind(slot: number, type: StorageType, access: Binding["access"], rows: Width = this.width): string {
    const name = `buffer${this.#bound.length}`;
    this.#bound.push({ slot, access, name, type, rows });
    return name;
  }

  /** Declares the buffers of strided views: one binding per slot, `read_write` where anything is written. */
  bindViews(inputs: readonly View[], outputs: readonly View[], rows: Width = this.width): ViewBuffers {
    const types = new Map<number, StorageType>();
    for (const { slot, dtype } of [...inputs, ...outputs]) {
      const seen = types.get(slot);
      types.set(slot, seen === undefined || seen === storageType(dtype) ? storageType(dtype) : "u32");
    }
    const written = new Set(outputs.map((view) => view.slot));
    const buffers = new Map<number, { name: string; type: StorageType }>();
    for (const [slot, type] of types)
      buffers.set(slot, { name: this.bind(slot, type, written.has(slot) ? "read_write" : "read", rows), type });
    return { of: (view) => known(buffers, view.slot) };
  }

  /** Notes that a library function is called; returns its name. */
  readonly use = (name: string): string => {
    this.#functions.add(name);
    return name;
  };

  /** Text at module scope. */
  declare(text: string): void {
    this.#declarations.push(text);
  }

  /** One invocation per element: `body` sees `index`, below `count`. */
  perElement(body: readonly string[], count: number, size = 64): Dispatch {
    const guard = `let index = group * ${size}u + lin;\nif (index >= ${this.parameters.u32(count)}) { return; }`;
    return this.dispatch([guard, ...body].filter(Boolean).join("\n"), size, Math.ceil(count / size));
  }

  /**
   * `groups` workgroups of `size` invocations. `body` sees `group`, the index of its workgroup, and `lin`, its own in the workgroup.
   */
  dispatch(body: string, size: number, groups: number): Dispatch {
    const { workgroups, width } = grid(groups);
    const group = `let group = wid.x + wid.y * ${this.parameters.u32(width)};`;
    const wgsl = [
      aliases(this.width),
      ...this.#bound.map(
        ({ name, type, rows, access }, i) =>
          `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${rows === 4 ? `vec4<${type}>` : type}>;`,
      ),
      `@group(0) @binding(${this.#bound.length}) var<uniform> P: array<vec4<u32>, ${this.parameters.rows}>;`,
      libraryText(this.#functions, this.width),
      ...this.#declarations,
      `@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lin: u32) {
${group}
${body}
}`,
    ].join("\n");
    return {
      name: this.name,
      wgsl,
      bindings: this.#bound.map(({ slot, access }) => ({ slot, access })),
      parameters: this.parameters.toArray(),
      workgroups,
    };
  }
}

export interface ViewBuffers {
  of(view: View): { readonly name: string; readonly type: StorageType };
}

/** A value of `type` in memory as a value of `dtype` in a program. Works for scalars and rows alike, given the aliases. */
export const fromStorage = (text: string, type: StorageType, dtype: DType, width: Width): string => {
  const wanted = storageType(dtype);
  const typed = (of: string): string => (width === 1 ? of : `vec4<${of}>`);
  const value = type === wanted ? text : `bitcast<${typed(wanted)}>(${text})`;
  return dtype === "bool" ? `(${value} != ${typed("u32")}(0u))` : value;
};

/** The inverse of `fromStorage`. */
export const toStorage = (text: string, dtype: DType, type: StorageType, width: Width): string => {
  const typed = (of: string): string => (width === 1 ? of : `vec4<${of}>`);
  const value = dtype === "bool" ? `select(${typed("u32")}(0u), ${typed("u32")}(1u), ${text})` : text;
  return storageType(dtype) === type ? value : `bitcast<${typed(type)}>(${value})`;
};
