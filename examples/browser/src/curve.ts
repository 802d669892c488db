import UPlot from 'uplot';

const height = 260;

/** The loss of each step, drawn as it comes. */
export class LossCurve {
  readonly losses: number[] = [];
  readonly #steps: number[] = [];
  readonly #plot: UPlot;
  #frame = 0;

  constructor(container: HTMLElement) {
    const options: UPlot.Options = {
      width: container.clientWidth,
      height,
      scales: { x: { time: false } },
      axes: [{ label: 'step' }, { label: 'loss (cross-entropy, nats)' }],
      series: [{ label: 'step' }, { label: 'loss', stroke: '#2f6fde', width: 1.5 }],
    };
    this.#plot = new UPlot(options, [[], []], container);
    new ResizeObserver(() => this.#plot.setSize({ width: container.clientWidth, height })).observe(container);
  }

  add(loss: number): void {
    this.losses.push(loss);
    this.#steps.push(this.losses.length);
    // Steps come faster than pictures.
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  clear(): void {
    this.losses.length = 0;
    this.#steps.length = 0;
    this.#draw();
  }

  #draw(): void {
    this.#frame = 0;
    this.#plot.setData([this.#steps, this.losses]);
  }
}
