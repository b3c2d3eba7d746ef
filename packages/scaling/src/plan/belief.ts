import { apply, cholesky, dot, type Matrix } from "../math/linear.js";
import { normals, random } from "../math/random.js";

/** One surface of a mixture, linearised: what it says of the target, and how well θ is known in it. */
export interface Component {
  readonly weight: number;
  /** ln of the target. */
  readonly value: number;
  /** ∂ ln target / ∂θ. */
  readonly gradient: readonly number[];
  readonly covariance: Matrix;
}

/** A run that could be made. */
export interface Candidate {
  /** Of all its seeds together. */
  readonly cost: number;
  /** How often it is trained at once: the mean of their ln L is what is observed. */
  readonly seeds: number;
  /** ln L there and its ∂ / ∂θ, by each component. */
  readonly seen: readonly Seen[];
}

export interface Seen {
  readonly value: number;
  readonly gradient: readonly number[];
}

/** Standard errors of ln target: within the surfaces and between them; their squares add up to the variance. */
export interface Spread {
  readonly within: number;
  readonly between: number;
}

export const totalOf = ({ within, between }: Spread): number => Math.hypot(within, between);

/** One possible course of things: which component is right, where in it θ is, and the noise of each run. */
interface World {
  readonly component: number;
  readonly weight: number;
  /** θ less that of its component. */
  readonly shift: readonly number[];
  readonly noise: readonly number[];
}

/** Numbers of one component in every world, one after the other. */
interface Held {
  readonly covariance: Matrix;
  /** Covariance · ∂ target. */
  readonly towards: readonly number[];
  readonly within: number;
  /** Where θ has moved to in each world: p numbers for each. */
  readonly shifts: Float64Array;
  /** ln of its weight, up to what is common to all. */
  readonly evidence: Float64Array;
  /** ln target. */
  readonly values: Float64Array;
}

export interface BeliefOptions {
  readonly components: readonly Component[];
  /** Variance of ln L of one run. */
  readonly noise: number;
  /** Worlds drawn for each component. None are needed where there is only one. */
  readonly worlds: number;
  /** Runs at most. */
  readonly slots: number;
  readonly seed: number;
}

/**
 * What will be known of a target after runs whose losses are not known yet: variance within surfaces, and between them (arXiv 2604.22753,
 * section 4). Within, a run takes from each Σ the part along its gradient whatever its loss will be, and the weights stay as they are in
 * expectation (eq. D.3). Between, weights and predictions move with the loss (D.4). The paper integrates over the loss of one run by
 * quadrature; here the losses of all runs of a design are drawn from the mixture, in worlds that are the same for every design, so that
 * what several runs tell together is counted too.
 */
export class Belief {
  private constructor(
    readonly options: BeliefOptions,
    private readonly worlds: readonly World[],
    private readonly held: readonly Held[],
  ) {}

  static of(options: BeliefOptions): Belief {
    const { components } = options;
    const worlds = components.length > 1 ? worldsOf(options) : [];
    const held = components.map(({ covariance, gradient, value, weight }): Held => {
      const towards = apply(covariance, gradient);
      return {
        ...{ covariance, towards, within: dot(towards, gradient) },
        shifts: new Float64Array(worlds.length * gradient.length),
        evidence: new Float64Array(worlds.length).fill(Math.log(weight)),
        values: new Float64Array(worlds.length).fill(value),
      };
    });
    return new Belief(options, worlds, held);
  }

  get spread(): Spread {
    return { within: Math.sqrt(this.#within()), between: Math.sqrt(this.#between()) };
  }

  /** Expected variance of ln target. */
  get variance(): number {
    return this.#within() + this.#between();
  }

  /** Standard error of ln target within one component. */
  errorWithin(k: number): number {
    return Math.sqrt(this.held[k]!.within);
  }

  #within(): number {
    const { components } = this.options;
    const sum = this.held.reduce((all, { within }, k) => all + components[k]!.weight * within, 0);
    return Math.max(0, sum);
  }

  /** Expected variance after one run more. @param slot its place in the design, by which its noise is known */
  varianceWith(candidate: Candidate, slot: number): number {
    const { components } = this.options;
    const updates = this.#updates(candidate);
    let within = 0;
    updates.forEach(({ gain, variance }, k) => {
      within += components[k]!.weight * (this.held[k]!.within - gain * gain * variance);
    });
    return Math.max(0, within) + this.#between(candidate, updates, slot);
  }

  /** What is believed after one run more. */
  after(candidate: Candidate, slot: number): Belief {
    const { noise } = this.options;
    const updates = this.#updates(candidate);
    const held = this.held.map((before, k): Held => {
      const { along, variance, gain } = updates[k]!;
      const { gradient } = candidate.seen[k]!;
      const p = gradient.length;
      const covariance = before.covariance.map((row, i) => row.map((v, j) => v - (along[i]! * along[j]!) / variance));
      const shifts = before.shifts.slice();
      const evidence = before.evidence.slice();
      const values = before.values.slice();
      this.worlds.forEach((world, s) => {
        const error = this.#surprise(candidate, k, world, s, slot, noise);
        for (let j = 0; j < p; j++) shifts[s * p + j]! += (along[j]! / variance) * error;
        evidence[s]! -= ((error * error) / variance + Math.log(variance)) / 2;
        values[s]! += gain * error;
      });
      return {
        ...{ covariance, shifts, evidence, values },
        towards: before.towards.map((v, j) => v - along[j]! * gain),
        within: Math.max(0, before.within - gain * gain * variance),
      };
    });
    return new Belief(this.options, this.worlds, held);
  }

  /** Of each component: Σ g, the variance of the observation, and by how much ln target moves with it. */
  #updates(candidate: Candidate): Update[] {
    const variance = this.options.noise / candidate.seeds;
    return this.held.map(({ covariance, towards }, k) => {
      const { gradient } = candidate.seen[k]!;
      const along = apply(covariance, gradient);
      const of = variance + Math.max(0, dot(along, gradient));
      return { along, variance: of, gain: dot(towards, gradient) / of };
    });
  }

  /** What would be observed in a world, less what component `k` expects there. */
  #surprise({ seen, seeds }: Candidate, k: number, world: World, s: number, slot: number, noise: number): number {
    const truth = seen[world.component]!;
    const { value, gradient } = seen[k]!;
    const { shifts } = this.held[k]!;
    const p = gradient.length;
    let error = truth.value - value + Math.sqrt(noise / seeds) * world.noise[slot]!;
    for (let j = 0; j < truth.gradient.length; j++) error += truth.gradient[j]! * world.shift[j]!;
    for (let j = 0; j < p; j++) error -= gradient[j]! * shifts[s * p + j]!;
    return error;
  }

  /** Expected variance between components, now or after one run more. */
  #between(candidate?: Candidate, updates: readonly Update[] = [], slot = 0): number {
    const { held, worlds } = this;
    const { components, noise } = this.options;
    const count = held.length;
    if (count < 2) return 0;
    const evidence = new Float64Array(count);
    const values = new Float64Array(count);
    let total = 0;
    for (let s = 0; s < worlds.length; s++) {
      const world = worlds[s]!;
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < count; k++) {
        evidence[k] = held[k]!.evidence[s]!;
        // From the first on, as only differences count and the values are logarithms of large numbers.
        values[k] = held[k]!.values[s]! - components[0]!.value;
        if (candidate) {
          const { variance, gain } = updates[k]!;
          const error = this.#surprise(candidate, k, world, s, slot, noise);
          evidence[k]! -= ((error * error) / variance + Math.log(variance)) / 2;
          values[k]! += gain * error;
        }
        if (evidence[k]! > most) most = evidence[k]!;
      }
      let [sum, first, second] = [0, 0, 0];
      for (let k = 0; k < count; k++) {
        const weight = Math.exp(evidence[k]! - most);
        sum += weight;
        first += weight * values[k]!;
        second += weight * values[k]! * values[k]!;
      }
      total += world.weight * Math.max(0, second / sum - (first / sum) ** 2);
    }
    return total;
  }
}

interface Update {
  readonly along: readonly number[];
  readonly variance: number;
  readonly gain: number;
}

/** As many worlds of each component, weighed by it. */
const worldsOf = ({ components, worlds, slots, seed }: BeliefOptions): World[] => {
  const normal = normals(random(seed));
  return components.flatMap(({ weight, covariance }, component) => {
    const root = rootOf(covariance);
    return Array.from({ length: worlds }, (): World => {
      const z = root.map(normal);
      const shift = root.map((row) => dot(row, z));
      return { component, weight: weight / worlds, shift, noise: Array.from({ length: slots }, normal) };
    });
  });
};

/** A square root of a covariance; a direction without variance gets next to none. */
const rootOf = (covariance: Matrix): Matrix => {
  const scale = covariance.map((row, i) => Math.sqrt(Math.max(0, row[i]!)));
  for (const ridge of [0, 1e-12, 1e-9, 1e-6, 1e-3]) {
    const correlation = covariance.map((row, i) =>
      row.map((v, j) => (i === j ? 1 + ridge : scale[i]! > 0 && scale[j]! > 0 ? v / (scale[i]! * scale[j]!) : 0)),
    );
    const root = cholesky(correlation);
    if (root) return root.map((row, i) => row.map((v) => v * scale[i]!));
  }
  return covariance.map((_, i) => covariance.map((__, j) => (i === j ? scale[i]! : 0)));
};
