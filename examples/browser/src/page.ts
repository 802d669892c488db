import { LossCurve } from './curve.ts';
import { digitFigure } from './digits.ts';
import type { Job, Message } from './worker.ts';

/** The one element of this kind that a selector finds. */
function find<T extends Element>(selector: string, kind: new () => T): T {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

const form = find('form', HTMLFormElement);
const files = find('#weights', HTMLInputElement);
const status = find('#status', HTMLElement);
const progress = find('progress', HTMLProgressElement);
const kernels = find('#kernels', HTMLElement);
const predictions = find('#predictions', HTMLElement);
const saves = find('#saves', HTMLElement);
const curve = new LossCurve(find('#curve', HTMLElement));

let worker: Worker | null = null;

/** What the page is doing or has done; the style sheet shows what belongs to it. */
function enter(state: 'idle' | 'busy' | 'done' | 'failed', text: string): void {
  document.body.dataset['state'] = state;
  status.textContent = text;
}

function stop(): void {
  if (worker === null) return;
  // What it has sent before may still be on its way.
  worker.onmessage = null;
  worker.terminate();
  worker = null;
}

/** A worker computes, so that the page answers meanwhile; stopping ends it. */
function start(job: Job, text: string): void {
  stop();
  curve.clear();
  progress.removeAttribute('value');
  enter('busy', text);
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Message>) => receive(data);
  worker.onerror = ({ message }) => fail(message || 'the worker could not be loaded');
  worker.postMessage(job);
}

function receive(message: Message): void {
  switch (message.kind) {
    case 'step':
      curve.add(message.loss);
      progress.max = message.steps;
      progress.value = message.step;
      status.textContent = `Step ${message.step} of ${message.steps}: loss ${message.loss.toFixed(3)}`;
      break;
    case 'failure':
      fail(message.message);
      break;
    case 'report': {
      const { accuracy, backend, loss } = message;
      stop();
      kernels.textContent = backend.reason;
      predictions.replaceChildren(...message.predictions.map(digitFigure));
      offer({
        'digits.safetensors': message.weights,
        'digits.json': JSON.stringify({ losses: curve.losses, accuracy, loss, backend }),
      });
      enter('done', `${(100 * accuracy).toFixed(1)} % of 1,000 unseen digits right, loss ${loss.toFixed(3)}`);
    }
  }
}

function fail(message: string): void {
  stop();
  enter('failed', `That went wrong: ${message}`);
}

/** Links that save files, instead of those before. */
function offer(files: Readonly<Record<string, BlobPart>>): void {
  for (const { href } of saves.querySelectorAll('a')) URL.revokeObjectURL(href);
  const links = Object.entries(files).map(([name, content]) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content]));
    link.download = name;
    link.textContent = name;
    return link;
  });
  saves.replaceChildren(...links);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const value = (name: string) => find(`input[name=${name}]`, HTMLInputElement).valueAsNumber;
  const settings = { epochs: value('epochs'), lr: value('lr'), seed: value('seed') };
  start({ kind: 'train', settings }, 'Drawing digits …');
});
find('#stop', HTMLButtonElement).addEventListener('click', () => {
  stop();
  enter('idle', 'Stopped');
});
files.addEventListener('change', () => {
  const [file] = files.files ?? [];
  if (file) start({ kind: 'load', weights: file }, `Reading ${file.name} …`);
});
addEventListener('error', ({ message }) => fail(message));
addEventListener('unhandledrejection', ({ reason }) => fail(String(reason)));

const address = new URLSearchParams(location.search).get('weights');
if (address !== null) {
  start({ kind: 'load', weights: new URL(address, location.href).href }, `Reading ${address} …`);
}
