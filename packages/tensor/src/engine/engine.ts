import type { Graph } from "../compile/graph.js";
import type { AnyData, DType } from "../dtype.js";
import type { Aval } from "../graph/aval.js";
import type { ProgramReport } from "./report.js";

/** A graph made ready to run. `B` is the engine's memory handle. */
export interface CompiledGraph<B> {
  /** Runs on the inputs' memory; returns new memory for each output (or a donated input's, updated in place). */
  run(inputs: readonly B[]): B[];
  /** Indices of donated inputs whose memory became an output's. */
  readonly consumed: ReadonlySet<number>;
  readonly report: ProgramReport;
  readonly ready: Promise<void>;
  destroy(): void;
}

/** What a device needs from the machinery below it: memory, and graphs that run. */
export interface Engine<B = unknown> {
  readonly name: string;
  readonly description: string;
  readonly memory: { readonly bytes: number; readonly peakBytes: number; readonly buffers: number };
  upload(data: AnyData, aval: Aval): B;
  download(buffer: B, dtype: DType, length: number): Promise<AnyData>;
  free(buffer: B): void;
  compile(graph: Graph, donated: ReadonlySet<number>): CompiledGraph<B>;
  destroy(): void;
}
