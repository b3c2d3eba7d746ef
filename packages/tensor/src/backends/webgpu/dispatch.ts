/** One compute dispatch as data: text, what to bind, the numbers the text reads, and how many workgroups. */
export interface Dispatch {
  /** Shown in errors and profiles. */
  readonly name: string;
  readonly wgsl: string;
  /** In the order of `@binding(i)`; the parameter block follows as the last binding. */
  readonly bindings: readonly Binding[];
  readonly parameters: Uint32Array;
  readonly workgroups: readonly [number, number, number];
}

/** A storage buffer of a dispatch: a slot of the program, or scratch memory of the executable. */
export interface Binding {
  readonly slot: number;
  readonly access: "read" | "read_write";
}

const MAX_WORKGROUPS = 65535;

/** Spreads `count` workgroups over two dimensions. The kernel's linear index is `wid.x + wid.y * width`. */
export const grid = (count: number): { workgroups: [number, number, number]; width: number } => {
  const width = Math.min(Math.max(count, 1), MAX_WORKGROUPS);
  return { workgroups: [width, Math.ceil(Math.max(count, 1) / width), 1], width };
};
