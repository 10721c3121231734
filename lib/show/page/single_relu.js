// The playground's arithmetic: one unit that learns max(x, 0), trained by Keras' update rules in
// float64. It knows nothing of the page, so that tests/show/test_page_arithmetic.py can run it.
"use strict";

const BATCH_SIZE = 1000, STEPS_PER_EPOCH = 100, BETA_1 = 0.9, BETA_2 = 0.999, EPSILON = 1e-7;

// x ~ N(0, 1) as NumPy's RandomState(seed).randn draws it: the polar method on the twister's
// doubles, the second of each pair first.
function normals(seed, length) {
  const twister = new MersenneTwister(seed), drawn = new Float64Array(length + length % 2);
  for (let i = 0; i < length; i += 2) {
    let a, b, square;
    do {
      a = 2 * twister.random_long() - 1;
      b = 2 * twister.random_long() - 1;
      square = a * a + b * b;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt(-2 * Math.log(square) / square);
    drawn[i] = scale * b;
    drawn[i + 1] = scale * a;
  }
  return drawn;
}

// The batches of a seed, kept for the next run of the same seed, with two moments of each: the means
// of x² over x > 0 and over x < 0, on which the loss of a unit without a bias depends alone.
const batchesOf = (() => {
  let kept = {};
  return (seed, epochs) => {
    const steps = epochs * STEPS_PER_EPOCH;
    if (kept.seed !== seed || kept.steps < steps) {
      const x = normals(seed, steps * BATCH_SIZE);
      const plus = new Float64Array(steps), minus = new Float64Array(steps);
      for (let step = 0; step < steps; step++) {
        for (let i = step * BATCH_SIZE; i < (step + 1) * BATCH_SIZE; i++) {
          if (x[i] > 0) plus[step] += x[i] * x[i]; else minus[step] += x[i] * x[i];
        }
        plus[step] /= BATCH_SIZE;
        minus[step] /= BATCH_SIZE;
      }
      kept = {seed, steps, x, plus, minus};
    }
    return kept;
  };
})();

// Loss and gradient of a unit without a bias; at w = 0 the left derivative, as frameworks take it.
function lossAndGradient(w, slope, plus, minus) {
  const right = w > 0, onPlus = right ? w : slope * w, onMinus = right ? slope * w : w;
  return {
    loss: (onPlus - 1) ** 2 * plus + onMinus ** 2 * minus,
    gradient: 2 * (right ? 1 : slope) * (onPlus - 1) * plus
      + 2 * (right ? slope : 1) * onMinus * minus};
}

// The same with a bias, over the batch that begins at `from`.
function lossAndGradients(w, b, slope, x, from) {
  let loss = 0, ofWeight = 0, ofBias = 0;
  for (let i = from; i < from + BATCH_SIZE; i++) {
    const z = w * x[i] + b, derivative = z > 0 ? 1 : slope;
    const error = (z > 0 ? z : slope * z) - (x[i] > 0 ? x[i] : 0);
    loss += error * error;
    ofWeight += 2 * error * derivative * x[i];
    ofBias += 2 * error * derivative;
  }
  return {loss: loss / BATCH_SIZE, gradients: [ofWeight / BATCH_SIZE, ofBias / BATCH_SIZE]};
}

// A function from the gradient of step 1, 2, … to what is added to the weight.
function optimizerOf({optimizer, rate, momentum}) {
  if (optimizer === "SGD") {
    let velocity = 0;
    return gradient => (velocity = momentum * velocity - rate * gradient);
  }
  let first = 0, second = 0, largest = 0, step = 0;
  return gradient => {
    step += 1;
    first += (1 - BETA_1) * (gradient - first);
    second += (1 - BETA_2) * (gradient ** 2 - second);
    largest = optimizer === "AMSGrad" ? Math.max(largest, second) : second;
    const corrected = rate * Math.sqrt(1 - BETA_2 ** step) / (1 - BETA_1 ** step);
    return -corrected * first / (Math.sqrt(largest) + EPSILON);
  };
}

// run: {start, bias (null for none), slope, optimizer ("SGD", "Adam", "AMSGrad"), rate, momentum,
// seed, epochs}. Gives, for each epoch, the mean loss over its batches and the weight and the bias
// after it, and for each step the weight and the bias before it.
function train(run) {
  const batches = batchesOf(run.seed, run.epochs), withBias = run.bias !== null;
  const moveWeight = optimizerOf(run), moveBias = optimizerOf(run);
  const history = {loss: [], weight: [], bias: [], weights: [], biases: []};
  let w = run.start, b = withBias ? run.bias : 0;
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    let total = 0;
    for (let step = epoch * STEPS_PER_EPOCH; step < (epoch + 1) * STEPS_PER_EPOCH; step++) {
      history.weights.push(w);
      history.biases.push(b);
      if (withBias) {
        const {loss, gradients} = lossAndGradients(w, b, run.slope, batches.x, step * BATCH_SIZE);
        total += loss;
        w += moveWeight(gradients[0]);
        b += moveBias(gradients[1]);
      } else {
        const {loss, gradient} = lossAndGradient(w, run.slope, batches.plus[step],
                                                 batches.minus[step]);
        total += loss;
        w += moveWeight(gradient);
      }
    }
    history.loss.push(total / STEPS_PER_EPOCH);
    history.weight.push(w);
    history.bias.push(b);
  }
  return history;
}

// The expected loss of a unit without a bias, in closed form: both moments are 1/2.
const expectedLoss = (w, slope) => lossAndGradient(w, slope, 0.5, 0.5).loss;

// What a recorded run of one unit was set up with, as a run of the playground; null if it cannot
// play it: another batch, starts at random, a grid.
function runOf(settings) {
  const single = typeof settings.start === "number" && typeof settings.learning_rate === "number"
    && settings.batch_size === BATCH_SIZE && settings.steps_per_epoch === STEPS_PER_EPOCH
    && settings.loss === "mean_squared_error" && !settings.nesterov
    && typeof settings.negative_slope === "number" && settings.epochs <= 40;
  if (!single || !["SGD", "Adam"].includes(settings.optimizer)
      || !["ReLU", "LeakyReLU"].includes(settings.activation)) return null;
  return {
    start: settings.start, bias: null, slope: settings.negative_slope,
    optimizer: settings.amsgrad ? "AMSGrad" : settings.optimizer, rate: settings.learning_rate,
    momentum: settings.momentum || 0, seed: settings.seed, epochs: settings.epochs};
}

// The largest |one - other| / max(1, |other|) of two series, as lib.suite.deviations has it.
function deviation(ones, others) {
  if (!Array.isArray(others)) {
    if (ones === others || (ones !== ones && others !== others)) return 0;
    const by = Math.abs(ones - others) / Math.max(1, Math.abs(others));
    return by === by ? by : Infinity;
  }
  if (!Array.isArray(ones) || ones.length !== others.length) return Infinity;
  if (others.length && [...ones, ...others].every(one => typeof one === "string")) {
    const all = ones.join(""), other = others.join("");
    if (ones.some((one, i) => one.length !== others[i].length)) return Infinity;
    let differ = 0;
    for (let i = 0; i < all.length; i++) differ += all[i] !== other[i];
    return differ / Math.max(1, all.length);
  }
  return others.reduce((most, other, i) => Math.max(most, deviation(ones[i], other)), 0);
}

// How far a run played here is from Keras' record of it, {loss, weight}, over as many epochs as
// float32 can hold the squares of its outputs: {loss, weight, epochs}.
function besideRecord(played, {loss, weight}) {
  const fits = i => Number.isFinite(loss[i]) && Math.abs(weight[i]) < 1e16;
  let epochs = 0;
  while (epochs < weight.length && fits(epochs)) epochs += 1;
  const first = values => values.slice(0, epochs);
  return {epochs, loss: deviation(first(played.loss), first(loss)),
          weight: deviation(first(played.weight), first(weight))};
}
