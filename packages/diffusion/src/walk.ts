import { type Device, type JitArguments, stack, type Tensor } from "@isoflop/tensor";
import { controller } from "./control.js";
import { answerAt, type ClipBounds, type CourseData, courseOf, type NetworkReading } from "./course.js";
import { DiffusionError, must } from "./errors.js";
import { type Control, instantAt, type Solver, type Step, type StepPlace } from "./solver.js";
import { type Drawing, drawn } from "./walk-noise.js";
import { compile, type Field, type Stepped } from "./walk-step.js";

/** Where a walk is. */
export interface WalkState {
  /** Steps done. */
  readonly step: number;
  /** Steps of the walk; of one that chooses its own, those done. */
  readonly steps: number;
  readonly t: number;
  /** The state. It is disposed after the callback unless it is the result. */
  readonly x: Tensor;
  /** How often the network has been asked, a batch counted once. */
  readonly evaluations: number;
}

export interface Walk extends Drawing {
  readonly times: readonly number[];
  readonly onStep?: ((state: WalkState) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a walk has come to. */
export interface Walked {
  readonly x: Tensor;
  readonly evaluations: number;
  /** How large x was after each step, a scalar each: NaN and infinities show in it. The caller disposes them. */
  readonly sizes: readonly Tensor[];
  /** The times between which the steps went. */
  readonly visited: readonly number[];
}

export interface WalkOptions {
  readonly reading: NetworkReading;
  readonly solver: Solver;
  readonly clip?: ClipBounds | undefined;
  readonly device?: Device | undefined;
}

/** Steps of a solver compiled over a field: one program for each of its kinds of steps and each shape. */
export interface Walker<I> {
  walk(inputs: I, walk: Walk): Promise<Walked>;
  /** Frees the compiled steps. */
  dispose(): void;
}

/** Tensors that are no longer needed. */
const release = (tensors: readonly Tensor[], keep: readonly Tensor[] = []): void => {
  for (const tensor of tensors) if (!keep.includes(tensor)) tensor.dispose();
};

export const walker = <I>(field: Field<I>, { reading, solver, clip, device }: WalkOptions): Walker<I> => {
  const programs = new Map<Step, ReturnType<typeof compile<I>>>();
  const programOf = (step: Step) => {
    const program = programs.get(step) ?? compile(step, field, solver, device);
    programs.set(step, program);
    return program;
  };
  const instant = (t: number) => instantAt(reading.path, t);
  const learnsVariance = reading.variance === "learnedRange";

  const run = async (inputs: I, walk: Walk): Promise<Walked> => {
    const { start, times, onStep, signal } = walk;
    const { control, name } = solver;
    const [sizes, visited]: [Tensor[], number[]] = [[], [times[0]!]];
    const before: ReturnType<typeof instant>[] = [];
    let [x, memory, evaluations]: [Tensor, readonly Tensor[], number] = [start, [], 0];

    const take = (
      place: StepPlace,
      noise: readonly Tensor[],
    ): { readonly stepped: Stepped; readonly asked: number } => {
      const step = solver.step(place);
      const { recalls = 0 } = step;
      must(
        memory.length >= recalls,
        "option",
        `${name} recalls ${recalls} of the step before, which left ${memory.length}.`,
      );
      const course = courseOf(reading, step, place, clip);
      const stepped = programOf(step)(
        x as JitArguments<Tensor>,
        course as CourseData,
        inputs as JitArguments<I>,
        noise as never,
        memory.slice(0, recalls) as never,
      );
      return { stepped, asked: course.moments.length };
    };
    const accept = async ({ x: next, memory: left, size }: Stepped, place: StepPlace, steps: number): Promise<void> => {
      sizes.push(size);
      visited.push(place.to.t);
      release(memory);
      if (x !== start) x.dispose();
      [x, memory] = [next, left];
      before.unshift(place.from);
      await onStep?.({ step: visited.length - 1, steps, t: place.to.t, x, evaluations });
    };

    /** Equal to the times given. */
    const follow = async (): Promise<void> => {
      const steps = times.length - 1;
      for (let i = 0; i < steps; i++) {
        signal?.throwIfAborted();
        const place = {
          path: reading.path,
          from: instant(times[i]!),
          to: instant(times[i + 1]!),
          before,
          left: steps - 1 - i,
          learnsVariance,
          at: instant,
        };
        const { draws: count = 0 } = solver.step(place);
        const { noise, own } = drawn(walk, count, i, name);
        const { stepped, asked } = take(place, noise);
        evaluations += asked;
        release(own.filter(({ storage }) => storage));
        await accept(stepped, place, steps);
      }
    };

    /** Steps of the solver's own between the times given, as long as its errors allow: the first is tried at a sixteenth of the way. */
    const choose = async (how: Control): Promise<void> => {
      const { most } = how;
      const { judge } = controller(how);
      let [tried, length] = [0, Math.abs(times[1]! - times[0]!) / 16];
      for (const [i, target] of times.slice(1).entries()) {
        let t = times[i]!;
        while (t !== target) {
          signal?.throwIfAborted();
          const where = `${name} has tried ${tried} steps and is at t = ${t}`;
          must(tried++ < most, "values", `${where}; loosen its tolerances, or raise \`most\`.`);
          const reaches = length >= Math.abs(target - t) * (1 - 1e-9);
          const to = reaches ? target : t + Math.sign(target - t) * length;
          const place = {
            path: reading.path,
            from: instant(t),
            to: instant(to),
            before,
            left: Number.POSITIVE_INFINITY,
            learnsVariance,
            at: instant,
          };
          const { stepped, asked } = take(place, []);
          evaluations += asked;
          const error = await stepped.error!.item();
          stepped.error!.dispose();
          const { accept: good, factor } = judge(error);
          const next = Math.abs(to - t) * factor;
          if (good) {
            t = to;
            // A step that was cut short to end at a time says little of how long the next may be.
            length = reaches ? Math.max(length, next) : next;
            await accept(stepped, place, visited.length);
            continue;
          }
          release([stepped.x, stepped.size, ...stepped.memory]);
          length = next;
          const tells = length > 1e-8 * Math.abs(times.at(-1)! - times[0]!);
          const told = Number.isFinite(error)
            ? "its tolerances are finer than f32"
            : "the model gives NaN or infinity there";
          must(tells, "values", `${where}; no step from there is short enough: ${told}.`);
        }
      }
    };

    try {
      await (control ? choose(control) : follow());
      return { x, evaluations, sizes, visited };
    } catch (error) {
      if (x !== start) x.dispose();
      release(sizes);
      throw error;
    } finally {
      release(memory);
    }
  };

  return {
    walk: run,
    dispose() {
      for (const program of programs.values()) program.dispose();
      programs.clear();
    },
  };
};

/** A network as the field of a walk. */
export const fieldOf =
  <I>(model: (x: Tensor, t: Tensor, inputs: I) => Tensor, { reading, clip }: WalkOptions): Field<I> =>
  (x, moment, inputs) =>
    answerAt((y, t) => model(y, t, inputs), reading, moment, x, clip);

/** @throws DiffusionError("values") naming the first step after which x was not finite */
export const checkSizes = async ({ sizes, visited }: Walked, caller = "sample"): Promise<void> => {
  if (sizes.length === 0) return;
  const joined = stack(sizes);
  const at = (await joined.data()).findIndex((size) => !Number.isFinite(size));
  joined.dispose();
  if (at === -1) return;
  throw new DiffusionError(
    "values",
    `${caller}: x is not finite after step ${at + 1} of ${sizes.length}, from t = ${visited[at]} to ${visited[at + 1]}; the model gives NaN or infinity there, or its noise, inputs or guidance scale hold some.`,
  );
};
