import { fingerprintOf } from "../compile/fingerprint.js";
import type { Graph } from "../compile/graph.js";
import type { CompiledGraph, Engine } from "../engine/engine.js";

/** Programs that nobody uses and that are kept all the same, the last used ones. They take no memory but for their commands. */
const IDLE_PROGRAMS = 256;

type Program = CompiledGraph<unknown>;

/**
 * Compiled graphs by what they compute: a graph that was compiled before is not compiled again, as by an eager expression in a loop, or by the
 * next training run of the same shapes.
 */
export class Programs {
  readonly #users = new Map<string, { readonly program: Program; count: number }>();
  /** From the longest unused. */
  readonly #idle = new Map<string, Program>();
  readonly #keys = new Map<Program, string>();

  constructor(readonly engine: () => Engine) {}

  /** The caller's until it is given back by `release`. */
  take(graph: Graph, donated: ReadonlySet<number>): Program {
    const key = `${[...donated].sort((a, b) => a - b).join()}|${fingerprintOf(graph)}`;
    const user = this.#users.get(key);
    if (user) {
      user.count++;
      return user.program;
    }
    const program = this.#idle.get(key) ?? this.engine().compile(graph, donated);
    this.#idle.delete(key);
    this.#users.set(key, { program, count: 1 });
    this.#keys.set(program, key);
    return program;
  }

  release(program: Program): void {
    const key = this.#keys.get(program);
    const user = key === undefined ? undefined : this.#users.get(key);
    if (key === undefined || !user || --user.count > 0) return;
    this.#users.delete(key);
    this.#idle.set(key, program);
    if (this.#idle.size <= IDLE_PROGRAMS) return;
    const [oldest, evicted] = this.#idle.entries().next().value!;
    this.#idle.delete(oldest);
    this.#keys.delete(evicted);
    evicted.destroy();
  }

  destroy(): void {
    for (const program of this.#keys.keys()) program.destroy();
    for (const map of [this.#users, this.#idle, this.#keys]) map.clear();
  }
}
