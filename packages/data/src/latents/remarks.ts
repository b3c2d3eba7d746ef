import type { LatentScaling } from "../source.js";
import type { ChannelMoments } from "./moments.js";

/** How far a mean may be from 0, in deviations. */
const FAR = 0.25;
/** How many times as large or small as 1 a deviation may be. */
const WIDE = 4 / 3;

/** A noise schedule is made for values of mean 0 and deviation 1: how far these are from it, and what would bring them there. */
export const remarksOnChannels = (
  { means, deviations }: ChannelMoments,
  { scale, shift }: LatentScaling,
  of: string,
): string[] => {
  const told = `${of}: means ${listed(means)}, standard deviations ${listed(deviations)} of the channels`;
  const far = means.flatMap((mean, channel) => {
    const deviation = deviations[channel]!;
    return Math.abs(mean) > FAR || deviation > WIDE || deviation < 1 / WIDE ? [channel] : [];
  });
  if (far.length === 0) return [told];
  const constant = deviations.indexOf(0);
  if (constant >= 0) return [told, `channel ${constant} is constant: a model learns nothing from it`];
  const which =
    far.length === means.length ? "all channels are" : `channel ${far.join(", ")} ${far.length === 1 ? "is" : "are"}`;
  const shifts = means.map((mean, channel) => shift[channel]! + mean / scale[channel]!);
  const scales = deviations.map((deviation, channel) => scale[channel]! / deviation);
  return [
    told,
    `${which} far from mean 0 and deviation 1, for which noise schedules are made; shift: [${listed(shifts)}] and scale: [${listed(scales)}] would bring them there`,
  ];
};

const listed = (values: readonly number[]): string =>
  values.map((value) => String(Number(value.toPrecision(3)))).join(", ");
