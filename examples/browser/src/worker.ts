import { nn } from 'tensortape';
import { DigitClassifier, type Report, type Settings, type Step, test, train } from './training.ts';

/** What the page asks for: a training, or a test of weights from an address or a file. */
export type Job =
  | { readonly kind: 'train'; readonly settings: Settings }
  | { readonly kind: 'load'; readonly weights: string | Blob };

/** What the page is told: steps while it trains, then the report; or what went wrong. */
export type Message =
  | ({ readonly kind: 'step' } & Step)
  | ({ readonly kind: 'report'; readonly weights: Uint8Array<ArrayBuffer> } & Report)
  | { readonly kind: 'failure'; readonly message: string };

const tell = (message: Message): void => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<Job>) => {
  run(data).catch((error: unknown) => {
    tell({ kind: 'failure', message: error instanceof Error ? error.message : String(error) });
  });
});

async function run(job: Job): Promise<void> {
  const net =
    job.kind === 'train'
      ? train(job.settings, (step) => tell({ kind: 'step', ...step }))
      : await load(job.weights);
  tell({ kind: 'report', weights: nn.serializeState(net.stateDict()), ...test(net) });
}

async function load(weights: string | Blob): Promise<DigitClassifier> {
  const net = new DigitClassifier();
  const source = typeof weights === 'string' ? fetch(weights) : weights;
  net.loadStateDict(await nn.loadState(source, { maxBytes: 10e6 }));
  return net;
}
