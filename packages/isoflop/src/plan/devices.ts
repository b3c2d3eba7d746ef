import {
  type Accelerator,
  type DeviceName,
  devices,
  estimate,
  type Flops,
  type OperandType,
  type Price,
} from "@isoflop/flops";
import { InvalidArgumentError } from "commander";

/** Dollars per device-hour, by device. */
export type Prices = Readonly<Partial<Record<DeviceName, Pick<Price, "low" | "high">>>>;

/** What training a model takes up, in bytes in mixed precision. */
export interface Held {
  /** Weights, optimizer and averages. */
  readonly state: number;
  readonly activationsPerImage: number;
}

/** Bytes of a device that programs, buffers and the driver leave, as a share. */
const USABLE = 0.9;

/**
 * What so many FLOPs cost on every device of the table, at a share of its peak, in its fastest arithmetic that training bears; and how many images a step
 * of the largest model has room for at once, none where not even one fits beside it.
 */
export const deviceHours = (flops: Flops, mfu: number, largest: Held, prices: Prices = {}) =>
  (Object.keys(devices) as DeviceName[]).map((name) => {
    const known: Accelerator = devices[name];
    const given = prices[name];
    const price = given ? { ...given, source: { title: "as given", date: "" } } : known.price;
    const device: Accelerator = { ...known, ...(price && { price }) };
    const arithmetic = fastest(device);
    const { deviceHours: hours, dollars, kilowattHours } = estimate({ flops, device, arithmetic, mfu });
    const room = USABLE * device.memory - largest.state;
    return {
      ...{ device: device.name, arithmetic, hours },
      ...(dollars && price && { dollars, price: priceWords(price) }),
      ...(kilowattHours !== undefined && { kilowattHours }),
      images: Math.max(0, Math.floor(room / largest.activationsPerImage)),
    };
  });

const fastest = (device: Accelerator): OperandType =>
  (["bf16", "f16", "f32"] as const).find((arithmetic) => device.peak[arithmetic] !== undefined)!;

const priceWords = ({ low, high, source: { title, date } }: Price): string =>
  `$${low === high ? low : `${low} to ${high}`} an hour, ${[title, date].filter(Boolean).join(", ")}`;

/** `H100-SXM=2.5,L40S=0.8-1.2`: an option given twice adds up. */
export const readPrices = (text: string, earlier: Prices = {}): Prices => {
  const prices: Record<string, Pick<Price, "low" | "high">> = { ...earlier };
  for (const pair of text.split(",")) {
    const [, name = "", low = "", high = low] =
      /^\s*([^=\s]+)\s*=\s*(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?\s*$/.exec(pair) ?? [];
    if (name === "")
      throw new InvalidArgumentError(`"${pair}" is not device=dollars, such as H100-SXM=2.5 or L40S=0.8-1.2.`);
    if (!Object.hasOwn(devices, name))
      throw new InvalidArgumentError(`"${name}" is none of ${Object.keys(devices).join(", ")}.`);
    const price = { low: Number(low), high: Number(high) };
    if (price.low > price.high) throw new InvalidArgumentError(`${pair.trim()}: the lower price comes first.`);
    prices[name] = price;
  }
  return prices;
};
