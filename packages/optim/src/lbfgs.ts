import { ArgumentError, cat, DTypeError, enableGrad, noGrad, Tensor, zeros } from '@tensortape/autograd';
import { checkChoice, checkCount, checkNotNegative } from './checks.ts';
import { Optimizer, type ParamGroupInput, type Params } from './optimizer.ts';
import { describe, readValue } from './stateDict.ts';
import { type LinePoint, strongWolfe } from './strongWolfe.ts';

/** Options of {@link LBFGS}. */
export interface LBFGSOptions {
  /** The learning rate: the length of steps, or the first that a line search tries. Default 1. */
  lr: number;
  /** The largest number of iterations in a step. Default 20. */
  maxIter: number;
  /** The largest number of calls of the closure in a step. Default 1.25 times `maxIter`. */
  maxEval: number;
  /** The largest element of the gradient at which a step ends. Default 1e-7. */
  toleranceGrad: number;
  /** The change of the loss, or of the parameters, at which a step ends. Default 1e-9. */
  toleranceChange: number;
  /** How many past iterations are remembered. Default 100. */
  historySize: number;
  /** Whether to search for a good step along each direction. Default null: all steps have length `lr`. */
  lineSearchFn: 'strong_wolfe' | null;
}

/** What {@link LBFGS} remembers, of all parameters in one row. */
export type LBFGSState = {
  /** The number of calls of the closure. */
  funcEvals: number;
  /** The number of iterations. */
  nIter: number;
  /** The last direction $d$. */
  d: Tensor;
  /** The last step length $t$. */
  t: number;
  /** The changes of the gradient $y_i$. */
  readonly oldDirs: Tensor[];
  /** The changes of the parameters $s_i$. */
  readonly oldStps: Tensor[];
  /** $\rho_i = 1 / y_i \cdot s_i$. */
  readonly ro: number[];
  /** The scale of the first guess at the inverse Hessian $\gamma$. */
  hDiag: number;
  /** The last gradient. */
  prevFlatGrad: Tensor;
  /** The last loss. */
  prevLoss: number;
};

/**
 * L-BFGS: quasi-Newton steps, from an inverse Hessian $H$ that is built of the last changes $s_i$ of the parameters and $y_i$ of the
 * gradient; for smooth losses of the whole data. PyTorch: `torch.optim.LBFGS`. One `step` makes up to `maxIter` iterations:
 *
 * $$d = -H g, \qquad \theta \leftarrow \theta + t d, \qquad
 * H \leftarrow (I - \rho s y^T) H (I - \rho y s^T) + \rho s s^T, \qquad \rho = 1 / y \cdot s$$
 *
 * ($H$ is never formed; it starts from $\gamma I$ with $\gamma = y \cdot s / y \cdot y$). The step length $t$ is `lr` or, with
 * 'strong_wolfe', one that meets the strong Wolfe conditions. The closure sets the gradients to null, computes the loss,
 * calls `backward()` and returns the loss; it is called many times.
 *
 * J. Nocedal, S. Wright, "Numerical Optimization", 2006, algorithm 7.5. Errors: ArgumentError for bad options, several groups,
 * or a step without a closure or whose closure returns no number; DTypeError for parameters of several dtypes.
 *
 * @example
 * ```ts
 * import { LBFGS } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([-1.5, 2], { dtype: 'float64', requiresGrad: true });
 * const optimizer = new LBFGS([w], { maxIter: 100, lineSearchFn: 'strong_wolfe' });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const [x, y] = w.unbind();
 *   const rosenbrock = x!.sub(1).square().add(y!.sub(x!.square()).square().mul(100));
 *   rosenbrock.backward();
 *   return rosenbrock;
 * });
 * console.log(w); // tensor([1.0000, 1.0000], dtype=float64, requiresGrad=true)
 * ```
 */
export class LBFGS extends Optimizer<LBFGSOptions, LBFGSState> {
  /**
   * @param params Tensors of one dtype, or a single group of them.
   * @param options See {@link LBFGSOptions}.
   */
  constructor(params: Params<LBFGSOptions>, options: Partial<LBFGSOptions> = {}) {
    const { maxIter = 20 } = options;
    super(params, options, {
      lr: 1,
      maxIter,
      maxEval: Math.floor((maxIter * 5) / 4),
      toleranceGrad: 1e-7,
      toleranceChange: 1e-9,
      historySize: 100,
      lineSearchFn: null,
    });
  }

  override addParamGroup(group: ParamGroupInput<LBFGSOptions>): void {
    if (this.paramGroups.length > 0) {
      throw new ArgumentError('LBFGS: expected one group, since all parameters move together, got another');
    }
    super.addParamGroup(group);
  }

  protected override check(options: LBFGSOptions, params: readonly Tensor[]): void {
    checkNotNegative('LBFGS', 'lr', options.lr);
    checkCount('LBFGS', 'maxIter', options.maxIter, 1);
    checkCount('LBFGS', 'maxEval', options.maxEval, 1);
    checkNotNegative('LBFGS', 'toleranceGrad', options.toleranceGrad);
    checkNotNegative('LBFGS', 'toleranceChange', options.toleranceChange);
    checkCount('LBFGS', 'historySize', options.historySize, 1);
    checkChoice('LBFGS', 'lineSearchFn', options.lineSearchFn, ['strong_wolfe', null]);
    const dtypes = [...new Set(params.map(({ dtype }) => dtype))];
    if (dtypes.length > 1) {
      throw new DTypeError(`LBFGS: expected parameters of one dtype, got ${dtypes.join(' and ')}`);
    }
  }

  protected initialState(parameter: Tensor): LBFGSState {
    const size = this.#params.reduce((sum, one) => sum + one.size, 0);
    const row = () => zeros([size], { dtype: parameter.dtype });
    return {
      funcEvals: 0,
      nIter: 0,
      d: row(),
      t: 0,
      oldDirs: [],
      oldStps: [],
      ro: [],
      hDiag: 1,
      prevFlatGrad: row(),
      prevLoss: 0,
    };
  }

  get #params(): readonly Tensor[] {
    return this.paramGroups[0]!.params;
  }

  override step(): never;
  override step<Loss>(closure: () => Loss): Loss;
  override step<Loss>(closure?: () => Loss): Loss {
    if (closure === undefined) {
      throw new ArgumentError('LBFGS: step needs a closure that computes the loss and its gradients anew');
    }
    let firstLoss: Loss | undefined;
    const evaluate = (): number => {
      const loss = enableGrad(closure);
      firstLoss ??= loss;
      const value = loss instanceof Tensor && loss.size === 1 ? loss.item() : loss;
      if (typeof value === 'number') return value;
      throw new ArgumentError(
        `LBFGS: the closure must return the loss, a number or a tensor of one, got ${describe(loss)}`,
      );
    };
    noGrad(() => this.#iterate(evaluate));
    return firstLoss!;
  }

  #iterate(evaluate: () => number): void {
    const group = this.paramGroups[0]!;
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange } = group;
    const state = this.recall(this.#params[0]!, group);

    let loss = evaluate();
    let gradient = this.#gradient();
    let evaluations = 1;
    state.funcEvals++;
    if (largest(gradient) <= toleranceGrad) return;

    for (let iteration = 1; iteration <= maxIter; iteration++) {
      state.nIter++;
      if (state.nIter > 1) remember(state, gradient, group.historySize);
      state.d = state.nIter === 1 ? gradient.neg() : descentDirection(state, gradient);
      state.prevFlatGrad = gradient;
      state.prevLoss = loss;
      state.t = state.nIter === 1 ? Math.min(1, 1 / gradient.abs().sum().item()) * lr : lr;

      const { d } = state;
      const slope = gradient.dot(d).item();
      if (slope > -toleranceChange) break;

      let calls = 0;
      if (group.lineSearchFn !== null) {
        const origin = this.#params.map((parameter) => parameter.clone());
        const result = strongWolfe({
          evaluate: (step): LinePoint => {
            this.#move(step, d);
            const value = evaluate();
            const there = this.#gradient();
            this.#params.forEach((parameter, i) => {
              parameter.copy_(origin[i]!);
            });
            return { step, loss: value, gradient: there, slope: there.dot(d).item() };
          },
          start: { step: 0, loss, gradient, slope },
          firstStep: state.t,
          reach: largest(d),
          maxSteps: maxEval - evaluations,
        });
        calls = result.evaluations;
        ({ step: state.t, loss, gradient } = result.point);
        this.#move(state.t, d);
      } else {
        this.#move(state.t, d);
        // After the last iteration the loss is not needed: the next step begins by computing it.
        if (iteration < maxIter) {
          loss = evaluate();
          gradient = this.#gradient();
          calls = 1;
        }
      }
      evaluations += calls;
      state.funcEvals += calls;

      if (evaluations >= maxEval) break;
      if (largest(gradient) <= toleranceGrad) break;
      if (largest(d.mul(state.t)) <= toleranceChange) break;
      if (Math.abs(loss - state.prevLoss) < toleranceChange) break;
    }
  }

  /** The gradients of all parameters in one row, 0 for those that have none: a copy. */
  #gradient(): Tensor {
    return cat(
      this.#params.map(({ grad, size, dtype }) => grad?.detach().reshape([size]) ?? zeros([size], { dtype })),
    );
  }

  /** Adds `step` times a row to the parameters. */
  #move(step: number, row: Tensor): void {
    let offset = 0;
    for (const parameter of this.#params) {
      const part = row.narrow(0, offset, parameter.size).reshape(parameter.shape);
      parameter.add_(part, { alpha: step });
      offset += parameter.size;
    }
  }

  protected override save(state: LBFGSState): Readonly<Record<string, unknown>> {
    const { funcEvals, nIter, hDiag } = state;
    const counts = { func_evals: funcEvals, n_iter: nIter };
    if (nIter === 0) return counts;
    return {
      ...counts,
      d: state.d,
      t: state.t,
      old_dirs: [...state.oldDirs],
      old_stps: [...state.oldStps],
      ro: [...state.ro],
      H_diag: hDiag,
      prev_flat_grad: state.prevFlatGrad,
      prev_loss: state.prevLoss,
    };
  }

  protected override restore(
    where: string,
    parameter: Tensor,
    _options: LBFGSOptions,
    saved: Readonly<Record<string, unknown>>,
    problems: string[],
  ): LBFGSState {
    const state = this.initialState(parameter);
    const number = (key: string) => readValue(`${where}.${key}`, 0, saved[key], problems) ?? 0;
    const row = (key: string) => readValue(`${where}.${key}`, state.d, saved[key], problems) ?? state.d;
    const list = (key: string): unknown[] => {
      const values = saved[key];
      if (Array.isArray(values)) return values;
      problems.push(`${where}.${key}: expected a list, got ${describe(values)}`);
      return [];
    };
    const rows = (key: string) =>
      list(key).map((value, i) => readValue(`${where}.${key}[${i}]`, state.d, value, problems) ?? state.d);
    const numbers = (key: string) =>
      list(key).map((value, i) => readValue(`${where}.${key}[${i}]`, 0, value, problems) ?? 0);

    state.funcEvals = number('func_evals');
    state.nIter = number('n_iter');
    if (state.nIter === 0) return state;
    const lists = { oldDirs: rows('old_dirs'), oldStps: rows('old_stps'), ro: numbers('ro') };
    if (lists.oldStps.length !== lists.oldDirs.length || lists.ro.length !== lists.oldDirs.length) {
      problems.push(`${where}: expected old_dirs, old_stps and ro of one length`);
    }
    return {
      ...state,
      ...lists,
      d: row('d'),
      t: number('t'),
      hDiag: number('H_diag'),
      prevFlatGrad: row('prev_flat_grad'),
      prevLoss: number('prev_loss'),
    };
  }
}

const largest = (row: Tensor): number => row.abs().max().item();

/** Takes the change since the last iteration into the history, unless the curvature along it is not positive. */
function remember(state: LBFGSState, gradient: Tensor, historySize: number): void {
  const { oldDirs, oldStps, ro } = state;
  const y = gradient.sub(state.prevFlatGrad);
  const s = state.d.mul(state.t);
  const curvature = y.dot(s).item();
  if (!(curvature > 1e-10)) return;
  if (oldDirs.length >= historySize) for (const list of [oldDirs, oldStps, ro]) list.shift();
  oldDirs.push(y);
  oldStps.push(s);
  ro.push(1 / curvature);
  state.hDiag = curvature / y.dot(y).item();
}

/** The gradient times the inverse Hessian of the history, downwards: the two-loop recursion. */
function descentDirection({ oldDirs, oldStps, ro, hDiag }: LBFGSState, gradient: Tensor): Tensor {
  const q = gradient.neg();
  const weights: number[] = [];
  for (let i = oldDirs.length - 1; i >= 0; i--) {
    weights[i] = oldStps[i]!.dot(q).item() * ro[i]!;
    q.sub_(oldDirs[i]!, { alpha: weights[i]! });
  }
  const direction = q.mul_(hDiag);
  for (let i = 0; i < oldDirs.length; i++) {
    const correction = oldDirs[i]!.dot(direction).item() * ro[i]!;
    direction.add_(oldStps[i]!, { alpha: weights[i]! - correction });
  }
  return direction;
}
