import type { Flops, Seconds } from "@isoflop/flops";

/** Seconds of work after which a measurement counts half: a machine that gets busy is noticed, one slow step is not. */
const HALF_LIFE = 60;

/** How fast work goes that is reported a part at a time. */
export class Pace {
  #flops = 0;
  #seconds = 0;
  #steps = 0;

  add(flops: Flops, seconds: Seconds, steps: number): void {
    const kept = 0.5 ** (seconds / HALF_LIFE);
    this.#flops = kept * this.#flops + flops;
    this.#seconds = kept * this.#seconds + seconds;
    this.#steps += steps;
  }

  /** FLOPs per second; undefined before anything was measured. */
  get speed(): number | undefined {
    return this.#flops > 0 && this.#seconds > 0 ? this.#flops / this.#seconds : undefined;
  }

  /** Seconds that the speed is of. */
  get seconds(): Seconds {
    return this.#seconds;
  }

  get steps(): number {
    return this.#steps;
  }
}

/**
 * Speeds of models by size: small ones reach fewer FLOPs per second. Of a size that was not measured it is read off the line, in logs,
 * between those beside it; beyond them it is that of the nearest.
 */
export class Paces {
  readonly #bySize = new Map<number, Pace>();

  /** @param size FLOPs of one step */
  of(size: Flops): Pace {
    const known = this.#bySize.get(size) ?? new Pace();
    this.#bySize.set(size, known);
    return known;
  }

  /** FLOPs per second of a size; undefined while none was measured. */
  speedOf(size: Flops): number | undefined {
    const known = [...this.#bySize].flatMap(([x, { speed }]) => (speed === undefined ? [] : [{ x, speed }]));
    known.sort((a, b) => a.x - b.x);
    const above = known.find(({ x }) => x >= size);
    const below = known.findLast(({ x }) => x <= size);
    if (!above || !below || above === below) return (above ?? below)?.speed;
    const share = Math.log(size / below.x) / Math.log(above.x / below.x);
    return below.speed ** (1 - share) * above.speed ** share;
  }
}

/** Seconds until work is done in lanes side by side: each takes the next of what waits when it is free. */
export const secondsOf = (lanes: readonly Seconds[], waiting: readonly Seconds[]): Seconds => {
  const ends = lanes.length > 0 ? [...lanes] : [0];
  for (const seconds of waiting) {
    const first = ends.indexOf(Math.min(...ends));
    ends[first] = ends[first]! + seconds;
  }
  return Math.max(...ends);
};

/** Shares of what is left within which a change of the estimate is taken up, and its bounds in seconds. */
const TAKEN_UP = { share: 0.1, least: 2, most: 60 };

/** A moment in the future as one learns more of it: it moves to what was estimated last without jumping there. */
export class Ending {
  #at: number | undefined;
  #asked = 0;

  /** @param seconds estimated to be left at `now`, a clock in seconds. @returns seconds to be shown */
  left(seconds: Seconds, now: Seconds): Seconds {
    const { share, least, most } = TAKEN_UP;
    const within = Math.min(Math.max(share * seconds, least), most);
    // Of what is done nothing is left.
    const at = seconds > 0 ? (this.#at ?? now + seconds) : now;
    this.#at = at + (now + seconds - at) * -Math.expm1(-(now - (this.#at === undefined ? now : this.#asked)) / within);
    this.#asked = now;
    return Math.max(0, this.#at - now);
  }
}
