import { shown } from "@isoflop/spec";
import { broadcastTo, clamp, type JitArguments, split, type Tensor } from "@isoflop/tensor";
import { numbers, tensors } from "./arithmetic.js";
import { checkPrediction } from "./checks.js";
import { bracketed, must } from "./errors.js";
import type { Objective } from "./objective.js";
import { type Combination, combinationAt, combined, type Prediction, same } from "./prediction.js";
import type { Step, StepPlace } from "./solver.js";

/** A time at which a step asks the network, and how its answer becomes what the step reads. */
export interface Moment<T> {
  readonly t: T;
  /** To what the step reads; absent where the network predicts it. */
  readonly conversion?: Combination<T>;
  /** To data and back, where data are kept within bounds. */
  readonly toData?: Combination<T>;
  readonly fromData?: Combination<T>;
}

/** What the host says of one step: data of its program, so that one program serves every step of every grid. */
export interface Course<T> {
  readonly moments: readonly Moment<T>[];
  readonly numbers: Readonly<Record<string, T>>;
}

export type CourseData = JitArguments<Course<Tensor>>;

/** What a network is read by, and what it is given for x_t and t, where that is told: times at which that is no number are refused. */
export type NetworkReading = Pick<Objective, "path" | "prediction"> & Partial<Pick<Objective, "variance" | "inputs">>;

/** Least and largest number of data. */
export type ClipBounds = readonly [least: number, most: number];

/** @throws DiffusionError("option") unless bounds are two numbers that rise */
export const checkClip = (what: string, clip: ClipBounds | undefined): void => {
  if (clip === undefined) return;
  const [least, most] = Array.isArray(clip) ? clip : [Number.NaN, Number.NaN];
  const holds = Number.isFinite(least) && Number.isFinite(most) && least < most;
  must(holds, "option", `${what}: clip is ${shown(clip)}; it takes [least, most], two rising numbers.`);
};

/** @throws DiffusionError("singular") where a network's inputs are no numbers, as EDM's log σ is where no noise is left */
const checkTold = ({ path, inputs }: NetworkReading, t: number): void => {
  if (!inputs) return;
  const { scale, time } = inputs.at(numbers, path.at(t), t);
  const holds = Number.isFinite(scale) && Number.isFinite(time);
  const told = `the ${inputs.name} inputs tell the network a time of ${time} and scale x_t by ${scale}`;
  const right = `take times that stay away from t = ${t}, or a solver that does not ask there, such as heun()`;
  must(holds, "singular", `at t = ${t} on the ${path.name} path ${told}; ${right}.`);
};

/**
 * A time at which a network is asked, with the numbers of its conversions.
 * @throws DiffusionError("singular") where the prediction does not give what is read, or the network's inputs are no numbers
 */
export const momentAt = (
  reading: NetworkReading,
  reads: Prediction,
  t: number,
  clip: ClipBounds | undefined,
): Moment<number> => {
  checkTold(reading, t);
  const { path, prediction } = reading;
  const between = (from: Prediction, to: Prediction) => (same(from, to) ? undefined : combinationAt(path, from, to, t));
  if (clip === undefined) {
    const conversion = between(prediction, reads);
    return { t, ...(conversion && { conversion: conversion as Combination<number> }) };
  }
  const [toData, fromData] = [between(prediction, "data"), between("data", reads)];
  return { t, ...(toData && { toData }), ...(fromData && { fromData }) } as Moment<number>;
};

/** The numbers of a step, in float64. */
export const courseOf = (
  reading: NetworkReading,
  { reads, ...step }: Step,
  place: StepPlace,
  clip: ClipBounds | undefined,
): Course<number> => ({
  moments: step.times(place).map((t) => momentAt(reading, reads, t, clip)),
  numbers: checkNumbers(step.numbers(place), place),
});

const checkNumbers = (numbers: Readonly<Record<string, number>>, { from, to }: StepPlace) => {
  for (const [name, value] of Object.entries(numbers))
    must(
      Number.isFinite(value),
      "singular",
      `the step from t = ${from.t} to ${to.t} has ${name} = ${value}; stay away from these times or take another solver.`,
    );
  return numbers;
};

const convertedBy = (combination: Combination<Tensor> | undefined, value: Tensor, x: Tensor): Tensor =>
  combination ? combined(tensors, combination, value, x) : value;

/** What the network says, and what it says beside it of the variance. */
export interface Answer {
  readonly value: Tensor;
  readonly range: Tensor | undefined;
}

/** The halves of the channels, axis 1, of a network that learns its variance. @throws DiffusionError("shape") unless there are twice x's */
export const halves = (output: Tensor, x: Tensor): Answer => {
  const [n, channels = 0, ...rest] = x.shape;
  const right = [n, 2 * channels, ...rest];
  const shape = output?.shape ?? [];
  must(
    shape.join() === right.join(),
    "shape",
    `the model gives ${bracketed(shape)}; with a learned variance it gives twice x's channels, ${bracketed(right as number[])}.`,
  );
  const [value, range] = split(output, 2, 1) as [Tensor, Tensor];
  return { value, range };
};

/** What a network says at a moment, in what is read. */
export const answerAt = (
  model: (x: Tensor, t: Tensor) => Tensor,
  { variance }: NetworkReading,
  moment: Moment<Tensor>,
  x: Tensor,
  clip: ClipBounds | undefined,
): Answer => {
  const output = model(x, broadcastTo(moment.t, [x.shape[0]!]));
  const { value, range } = variance === "learnedRange" ? halves(output, x) : { value: output, range: undefined };
  checkPrediction(value, x);
  if (clip === undefined) return { value: convertedBy(moment.conversion, value, x), range };
  const data = clamp(convertedBy(moment.toData, value, x), ...clip);
  return { value: convertedBy(moment.fromData, data, x), range };
};

/** @throws DiffusionError("option") for a step that asks at a moment it has not named */
export const momentOf = (moments: readonly Moment<Tensor>[], name: string, i: number): Moment<Tensor> => {
  const moment = moments[i];
  must(moment, "option", `${name} asks the network at its time ${shown(i)}; its step names ${moments.length}.`);
  return moment;
};
