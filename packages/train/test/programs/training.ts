import {
  defaultGenerator,
  Generator,
  manualSeed,
  randn,
  setBackend,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { DataLoader, TensorDataset } from '@tensortape/datasets';
import { BatchNorm1d, CrossEntropyLoss, Dropout, Linear, Module } from '@tensortape/nn';
import { Adam, AveragedParameters, getEmaAvgFn, OneCycleLR } from '@tensortape/optim';
import { EarlyStopping, History } from '@tensortape/train';
import { loadCheckpoint, saveCheckpoint } from '@tensortape/train/node';

class Net extends Module {
  fc1 = new Linear(6, 24);
  norm = new BatchNorm1d(24);
  drop = new Dropout(0.3);
  fc2 = new Linear(24, 3);

  override forward(x: Tensor): Tensor {
    return this.fc2.forward(this.drop.forward(this.norm.forward(this.fc1.forward(x)).relu()));
  }
}

/** A training with everything that has a state; all of it is seeded, so that it can be repeated. */
export class Training {
  step = 0;
  readonly #parts;
  #epoch: Iterator<[Tensor, Tensor]> | undefined;

  constructor() {
    // The same kernels in every process: a bundle does not find the system's BLAS.
    setBackend('wasm');
    manualSeed(1);
    const labels = Int32Array.from({ length: 40 }, (_, i) => i % 3);
    const x = randn([40, 6]);
    const y = tensor(labels);
    const model = new Net();
    const optimizer = new Adam(model.parameters(), { lr: 0.01, amsgrad: true });
    this.#parts = {
      model,
      optimizer,
      scheduler: new OneCycleLR(optimizer, 0.05, { totalSteps: 100_000 }),
      averages: new AveragedParameters(model.parameters(), { avgFn: getEmaAvgFn(0.9) }),
      generator: defaultGenerator,
      // 40 samples in batches of 6: steps 10 and 20 are in the midst of an epoch.
      loader: new DataLoader<[Tensor, Tensor]>(new TensorDataset(x, y), {
        batchSize: 6,
        shuffle: true,
        generator: new Generator(3),
      }),
      history: new History(),
      stopping: new EarlyStopping({ patience: 5 }),
    };
  }

  /** Takes one step and returns its loss. */
  next(): number {
    const { model, optimizer, scheduler, averages, history, stopping } = this.#parts;
    const [x, y] = this.#nextBatch();
    optimizer.zeroGrad();
    const loss = new CrossEntropyLoss().forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    scheduler.step();
    averages.updateParameters();
    this.step++;
    history.add(this.step, { loss: loss.item(), rate: scheduler.getLastLr()[0]! });
    stopping.step(loss);
    return loss.item();
  }

  save(path: string): Promise<void> {
    return saveCheckpoint(path, { ...this.#parts, step: this.step });
  }

  async load(path: string): Promise<void> {
    const { step } = await loadCheckpoint(path, { ...this.#parts, step: 0 });
    this.step = step;
    this.#epoch = undefined;
  }

  #nextBatch(): [Tensor, Tensor] {
    for (;;) {
      this.#epoch ??= this.#parts.loader[Symbol.iterator]();
      const { value, done } = this.#epoch.next();
      if (!done) return value;
      this.#epoch = undefined;
    }
  }

  /** All that is remembered of the steps so far. */
  get losses(): readonly number[] {
    return this.#parts.history.names.length === 0 ? [] : this.#parts.history.series('loss').values;
  }
}
