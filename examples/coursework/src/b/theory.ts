import { grad, noGrad, RandomState, type Tensor, tensor, zeros } from 'tensortape';
import { checkDerivative } from 'tensortape/verify';
import type { Desk } from '../shared/desk.ts';

/** The theory questions, with numbers in the place of letters. */
export async function theory(desk: Desk): Promise<void> {
  await minimiser(desk);
  regret(desk);
  meanIterate(desk);
  stochasticStep(desk);
}

/** The minimiser of f(w_t) + ⟨w − w_t, g⟩ + λ/2 |w − w_t|² is w_t − g / λ. */
async function minimiser({ figures }: Desk): Promise<void> {
  const model = 'f + dot(w - wt, g) + lambda / 2 * dot(w - wt, w - wt)';
  const domain = {
    f: 3,
    w: { shape: ['n'] },
    wt: { shape: ['n'] },
    g: { shape: ['n'] },
    lambda: { shape: [], low: 0.5, high: 2 },
  };
  const check = await checkDerivative(model, { w: 'g + lambda * (w - wt)' }, domain, { seed: 1 });
  figures.same('minimiser: the gradient is g + λ (w − w_t)', 'right', check.verdicts[0]!.status);

  const random = new RandomState(0);
  const [wt, g, lambda] = [random.randn(5), random.randn(5), 0.7];
  const value = (w: Tensor) =>
    w
      .sub(wt)
      .dot(g)
      .add(
        w
          .sub(wt)
          .square()
          .sum()
          .mul(lambda / 2),
      );
  const best = wt.sub(g.div(lambda)).requiresGrad_();
  const slope = grad(value(best), best).abs().max().item();
  figures.near('minimiser: gradient at w_t − g / λ', 0, slope, 1e-15);
}

/** Σ⟨w_t − w*, v_t⟩ = |w*|²/(2η) + η/2 Σ|v_t|² − |w_{T+1} − w*|²/(2η), for any v_t, from w_1 = 0. */
function regret({ figures }: Desk): void {
  const random = new RandomState(0);
  const [steps, eta, target] = [50, 0.3, random.randn(4)];
  let w = zeros([4], { dtype: 'float64' });
  let [left, squares] = [0, 0];
  for (let t = 0; t < steps; t++) {
    const v = random.randn(4);
    left += w.sub(target).dot(v).item();
    squares += v.square().sum().item();
    w = w.sub(v.mul(eta));
  }
  const distance = (a: Tensor) => a.sub(target).square().sum().item();
  const right = target.square().sum().item() / (2 * eta) + (eta / 2) * squares - distance(w) / (2 * eta);
  figures.near('sum of ⟨w_t − w*, v_t⟩: left minus right', 0, left - right, 1e-12);
}

/** The mean iterate of a convex, ρ-Lipschitz f comes within B ρ / √T of the minimum at η = B / (ρ √T), where |w*| ≤ B. */
function meanIterate({ figures }: Desk): void {
  const [bound, rho] = [2, 3];
  const target = tensor([1.2, -1.6], { dtype: 'float64' }); // |w*| = B
  const f = (w: Tensor) => w.sub(target).norm().mul(rho);
  for (const steps of [10, 100, 1000]) {
    const eta = bound / (rho * Math.sqrt(steps));
    let w = zeros([2], { dtype: 'float64' });
    let sum = w;
    for (let t = 0; t < steps; t++) {
      sum = sum.add(w);
      const here = w.requiresGrad_();
      w = here.detach().sub(grad(f(here), here).mul(eta));
    }
    const excess = f(sum.div(steps)).item();
    figures.atMost(
      `mean iterate after ${steps} steps, above the minimum`,
      (bound * rho) / Math.sqrt(steps),
      excess,
    );
  }
}

/** SGD leaves the minimum 1/2 of ½(w − 2)² + ½(w + 1)²: its terms have slopes there, and a step along one of them raises f. */
function stochasticStep({ figures }: Desk): void {
  const terms = [(w: Tensor) => w.sub(2).square().div(2), (w: Tensor) => w.add(1).square().div(2)] as const;
  const f = (w: Tensor) => terms[0](w).add(terms[1](w));
  const minimum = tensor(0.5, { dtype: 'float64', requiresGrad: true });
  figures.near('two squares: gradient at 1/2', 0, grad(f(minimum), minimum).item(), 0);
  const slopes = terms.map((term) => grad(term(minimum), minimum).item());
  figures.allNear('two squares: gradients of the terms', [-1.5, 1.5], slopes, 0);
  for (const eta of [0.01, 0.1]) {
    const raised = noGrad(() =>
      f(minimum.sub(eta * slopes[0]!))
        .sub(f(minimum))
        .item(),
    );
    figures.near(`two squares: a step of η = ${eta} raises f by (1.5 η)²`, (1.5 * eta) ** 2, raised, 1e-15);
  }
}
