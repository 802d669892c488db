/**
 * Trains for 100,000 steps in one synchronous loop, without a free, and prints what the program holds on the way. Fails when that
 * grows after the first quarter: by more than a byte a step, or the process by more than an eighth.
 */
import { crossEntropy, manualSeed, nn, optim, randint, randn } from 'tensortape';
import { retainedBytes } from './retained.ts';

const total = 100_000;
const reports = 20;

manualSeed(0);
const net = new nn.Sequential(new nn.Linear(784, 32), new nn.ReLU(), new nn.Linear(32, 10));
const optimizer = new optim.Adam(net.parameters(), { lr: 1e-4 });
const images = randn([32, 784]);
const labels = randint(0, 10, [32]);

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const memory = () => ({ retained: retainedBytes(), peak: 1024 * process.resourceUsage().maxRSS });

const start = performance.now();
let early = memory();
let late = early;
for (let step = 1; step <= total; step++) {
  optimizer.zeroGrad();
  crossEntropy(net.forward(images), labels).backward();
  optimizer.step();
  if (step % (total / reports) === 0) {
    late = memory();
    console.log(
      `${step} steps: retained ${megabytes(late.retained)}, the process at most ${megabytes(late.peak)}`,
    );
    if (step === total / 4) early = late;
  }
}
const seconds = (performance.now() - start) / 1000;
console.log(
  `from step ${total / 4} on: retained ${megabytes(late.retained - early.retained)} more, the process ` +
    `${megabytes(late.peak - early.peak)} more; ${((1e6 * seconds) / total).toFixed(0)} us a step`,
);
if (late.retained - early.retained > total || late.peak > 1.125 * early.peak) {
  console.error('memory is not flat');
  process.exitCode = 1;
}
